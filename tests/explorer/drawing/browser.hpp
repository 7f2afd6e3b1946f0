#pragma once
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace corokit::explorer {

/// Chromium without a window, with one page open, for as long as this object lives. It is driven over a pipe, by the
/// DevTools protocol: keys and mouse are those of a reader, not events made by a script.
class Browser {
 public:
  /// Starts a browser. Throws std::runtime_error if that does not work.
  explicit Browser(const std::string& program);
  /// Starts the browser that is installed. Returns: null if none is.
  static std::unique_ptr<Browser> start_installed();
  ~Browser();
  Browser(const Browser&) = delete;
  Browser& operator=(const Browser&) = delete;

  /// Opens a file, in a window of the size that is given, and waits until it is loaded.
  void open(const std::string& path, bool dark, int width = 1280, int height = 800);
  /// Returns: what an expression of JavaScript gives. Throws std::runtime_error if it throws.
  nlohmann::json evaluate(const std::string& expression);
  /// Presses a key, by its name in KeyboardEvent.key. `modifiers`: 8 is Shift.
  void press(const std::string& key, int modifiers = 0);
  /// Sends a mouse event: "mouseMoved", "mousePressed", "mouseReleased", or "mouseWheel" with a distance.
  void mouse(const std::string& type, double x, double y, double wheel = 0);
  /// Writes a picture of the page.
  void screenshot(const std::string& path);

  /// Returns: the least contrast of a text that can be seen, at least 4.5 by WCAG 2, and the element with that text.
  /// Texts of the class `on-run`, which lie on a figure, are left out.
  std::pair<double, std::string> least_contrast();

  /// Returns: all addresses that were asked for since the browser started.
  const std::vector<std::string>& requests() const noexcept { return requests_; }
  /// Returns: messages of the console, and exceptions that nobody caught.
  const std::vector<std::string>& complaints() const noexcept { return complaints_; }

 private:
  void start(const std::string& program);
  void stop() noexcept;
  nlohmann::json call(const std::string& method, nlohmann::json params = nlohmann::json::object());
  nlohmann::json receive();
  void note(const nlohmann::json& event);

  int process_ = -1;
  int to_ = -1;
  int from_ = -1;
  int calls_ = 0;
  std::string folder_;   // the browser's profile
  std::string session_;  // of the page
  std::string received_;
  bool loaded_ = false;
  bool pressed_ = false;  // the button of the mouse
  std::vector<std::string> requests_;
  std::vector<std::string> complaints_;
};

}  // namespace corokit::explorer
