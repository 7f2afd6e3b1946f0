#include "browser.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <utility>

namespace corokit::explorer {
namespace {

using nlohmann::json;
constexpr int kPatience = 60'000;  // ms: until a browser that says nothing is taken to be stuck

constexpr const char* kLeastContrast = R"js((() => {
  const parts = (color) => color.match(/[\d.]+/g).map(Number);
  const light = (color) => parts(color).slice(0, 3).map((c) => c / 255)
      .map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
      .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const paper = (node) => {
    const color = getComputedStyle(node).backgroundColor;
    return parts(color)[3] === 0 && node.parentElement ? paper(node.parentElement) : color;
  };
  const contrast = (node) => {
    const style = getComputedStyle(node);
    const [low, high] = [light(node instanceof SVGElement ? style.fill : style.color), light(paper(node))].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const texts = [...document.querySelectorAll('body *')].filter((node) => !['SCRIPT', 'STYLE'].includes(node.tagName) &&
      !node.classList.contains('on-run') &&
      [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim()) && node.getClientRects().length);
  return texts.map((node) => [contrast(node), node.outerHTML]).sort((a, b) => a[0] - b[0])[0];
})())js";

/// Becomes the browser, which reads commands from descriptor 3 and answers on 4.
[[noreturn]] void become(const std::string& program, const std::string& folder, int commands, int answers) {
  const int commands_copy = ::fcntl(commands, F_DUPFD, 10);  // neither 3 nor 4
  const int answers_copy = ::fcntl(answers, F_DUPFD, 10);
  ::dup2(commands_copy, 3);
  ::dup2(answers_copy, 4);
  const int nothing = ::open("/dev/null", O_RDWR);
  for (const int descriptor : {0, 1, 2}) ::dup2(nothing, descriptor);
  ::setpgid(0, 0);
  const std::string profile = "--user-data-dir=" + folder;
  ::execl(program.c_str(), program.c_str(), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
          "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
          "--disable-dev-shm-usage", "--remote-debugging-pipe", profile.c_str(), "about:blank", nullptr);
  ::_exit(127);
}

}  // namespace

Browser::Browser(const std::string& program) {
  try {
    start(program);
  } catch (...) {
    stop();
    throw;
  }
}

Browser::~Browser() {
  stop();
}

void Browser::start(const std::string& program) {
  std::string folder = (std::filesystem::temp_directory_path() / "corokit-browser-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) throw std::runtime_error("no folder for the browser can be made");
  folder_ = folder;
  std::array<int, 2> commands{};
  std::array<int, 2> answers{};
  if (::pipe2(commands.data(), O_CLOEXEC) != 0 || ::pipe2(answers.data(), O_CLOEXEC) != 0) {
    throw std::runtime_error("no pipe to the browser can be made");
  }
  ::signal(SIGPIPE, SIG_IGN);
  process_ = ::fork();
  if (process_ == 0) become(program, folder_, commands[0], answers[1]);
  ::setpgid(process_, process_);  // as the child does: whoever is first
  ::close(commands[0]);
  ::close(answers[1]);
  to_ = commands[1];
  from_ = answers[0];
  const json target = call("Target.createTarget", {{"url", "about:blank"}}).at("targetId");
  session_ = call("Target.attachToTarget", {{"targetId", target}, {"flatten", true}}).at("sessionId");
  for (const char* const domain : {"Page", "Runtime", "Log", "Network"})
    call(std::string(domain) + ".enable");
}

void Browser::stop() noexcept {
  if (to_ >= 0) ::close(to_);
  if (from_ >= 0) ::close(from_);
  if (process_ > 0) {
    ::kill(-process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  std::error_code ignored;  // it is a temporary folder
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
}

json Browser::call(const std::string& method, json params) {
  const int id = ++calls_;
  json message{{"id", id}, {"method", method}, {"params", std::move(params)}};
  if (!session_.empty()) message["sessionId"] = session_;
  const std::string text = message.dump() + '\0';
  for (std::size_t sent = 0; sent < text.size();) {
    const ssize_t written = ::write(to_, text.data() + sent, text.size() - sent);
    if (written <= 0) throw std::runtime_error("the browser is gone");
    sent += static_cast<std::size_t>(written);
  }
  for (;;) {
    json answer = receive();
    if (answer.value("id", 0) != id) {
      note(answer);
    } else if (answer.contains("error")) {
      throw std::runtime_error(method + ": " + answer["error"].dump());
    } else {
      return std::move(answer["result"]);
    }
  }
}

json Browser::receive() {
  for (;;) {
    if (const std::size_t end = received_.find('\0'); end != std::string::npos) {
      json message = json::parse(received_.substr(0, end));
      received_.erase(0, end + 1);
      return message;
    }
    pollfd ready{from_, POLLIN, 0};
    if (::poll(&ready, 1, kPatience) <= 0) throw std::runtime_error("the browser does not answer");
    std::array<char, 65536> buffer{};
    const ssize_t count = ::read(from_, buffer.data(), buffer.size());
    if (count <= 0) throw std::runtime_error("the browser is gone");
    received_.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

void Browser::note(const json& event) {
  const std::string method = event.value("method", "");
  if (method == "Page.loadEventFired") loaded_ = true;
  if (method == "Network.requestWillBeSent") requests_.push_back(event["params"]["request"]["url"]);
  if (method == "Runtime.exceptionThrown" || method == "Runtime.consoleAPICalled" ||
      method == "Log.entryAdded") {
    complaints_.push_back(event["params"].dump());
  }
}

void Browser::open(const std::string& path, bool dark, int width, int height) {
  call("Emulation.setDeviceMetricsOverride",
       {{"width", width}, {"height", height}, {"deviceScaleFactor", 1}, {"mobile", false}});
  const json feature{{"name", "prefers-color-scheme"}, {"value", dark ? "dark" : "light"}};
  call("Emulation.setEmulatedMedia", {{"features", json::array({feature})}});
  loaded_ = false;
  call("Page.navigate", {{"url", "file://" + path}});
  while (!loaded_) note(receive());
  // What follows the layout, such as ResizeObserver, has happened after two frames.
  evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))");
}

std::unique_ptr<Browser> Browser::start_installed() {
  for (const char* const program :
       {"/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"})
    if (::access(program, X_OK) == 0) return std::make_unique<Browser>(program);
  return nullptr;
}

std::pair<double, std::string> Browser::least_contrast() {
  const json least = evaluate(kLeastContrast);
  return {least[0].get<double>(), least[1].get<std::string>()};
}

json Browser::evaluate(const std::string& expression) {
  json answer =
      call("Runtime.evaluate", {{"expression", expression}, {"returnByValue", true}, {"awaitPromise", true}});
  if (answer.contains("exceptionDetails"))
    throw std::runtime_error(expression + ": " + answer["exceptionDetails"].dump());
  return answer["result"].value("value", json());
}

void Browser::press(const std::string& key, int modifiers) {
  json event{{"type", "keyDown"}, {"key", key}, {"modifiers", modifiers}};
  if (key.size() == 1) event["text"] = key;
  if (key == "Tab") event["windowsVirtualKeyCode"] = 9;
  if (key == "Enter") event["text"] = "\r", event["windowsVirtualKeyCode"] = 13;
  call("Input.dispatchKeyEvent", event);
  event["type"] = "keyUp";
  event.erase("text");
  call("Input.dispatchKeyEvent", event);
}

void Browser::mouse(const std::string& type, double x, double y, double wheel) {
  json event{{"type", type}, {"x", x}, {"y", y}};
  if (type == "mouseWheel") event["deltaX"] = 0, event["deltaY"] = wheel;
  if (type == "mousePressed" || type == "mouseReleased") event["button"] = "left", event["clickCount"] = 1;
  if (type == "mousePressed") pressed_ = true;
  if (type == "mouseReleased") pressed_ = false;
  if (type == "mouseMoved" && pressed_) event["button"] = "left", event["buttons"] = 1;
  call("Input.dispatchMouseEvent", event);
}

void Browser::screenshot(const std::string& path) {
  const std::string data = call("Page.captureScreenshot").at("data");
  std::ofstream file(path, std::ios::binary);
  unsigned bits = 0;
  int count = 0;
  for (const char c : data) {  // base64
    constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const std::size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) break;
    bits = bits << 6 | static_cast<unsigned>(digit);
    if ((count += 6) >= 8) file.put(static_cast<char>(bits >> (count -= 8) & 0xFF));
  }
}

}  // namespace corokit::explorer
