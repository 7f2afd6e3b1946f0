#pragma once
#include <string>
#include <vector>

namespace corokit::bench {

/// A line of a figure, or a row of a table. A value that is not a number is left out.
struct Series {
  std::string name;
  std::vector<double> values;
};

/// A plot, which is printed as a table too.
struct Figure {
  enum class Form { bars, lines };
  std::string title;
  std::string lesson;  ///< tells a student what the figure shows
  Form form = Form::bars;
  std::string x_title;
  std::vector<std::string> x;
  std::string y_title;
  bool log_y = false;
  std::vector<Series> series;
};

struct Table {
  std::string title;
  std::vector<std::string> columns;
  std::vector<Series> rows;
};

/// A part of the page.
struct Part {
  std::string title;
  std::string intro;
  std::vector<Figure> figures;
  std::vector<Table> tables;
};

struct Report {
  std::string title = "Schedulers compared";
  std::string about =
      "In which order to serve tasks, how to hand them to threads, and what scheduling costs.";
  std::string command = "./moulinette bench --html bench.html";  ///< the command that makes the report again
  std::string how;  ///< how the report was made: machine, compiler and time
  std::vector<Part> parts;
};

/// Returns: text for a terminal, with every figure as a table and its lesson.
std::string to_text(const Report& report);
/// Returns: one JSON object with the same data.
std::string to_json(const Report& report);
/// Returns: a page that needs no other file: `page`, the text of page.html, with the data and `chart_library`, the text of
///   Chart.js, put in.
/// Throws: std::invalid_argument if the page lacks the places for them.
std::string to_html(const Report& report, std::string page, const std::string& chart_library);

}  // namespace corokit::bench
