#pragma once
#include <string>
#include <vector>

namespace corokit::bench {

/// One line of a figure or row of a table. A value that is not a number is left out.
struct Series {
  std::string name;
  std::vector<double> values;
};

/// A plot, which is printed as a table too.
struct Figure {
  enum class Form { bars, lines };
  std::string title;
  std::string lesson;  ///< tells a student what to see in it
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

/// What belongs together on the page.
struct Part {
  std::string title;
  std::string intro;
  std::vector<Figure> figures;
  std::vector<Table> tables;
};

struct Report {
  std::string title = "Schedulers compared";
  std::string about = "Which order to serve tasks in, how to hand them to threads, and what it costs.";
  std::string command = "./moulinette bench --html bench.html";  ///< makes it again
  std::string how;  ///< how it was made: machine, compiler, sizes
  std::vector<Part> parts;
};

/// For a terminal: every figure as a table with its lesson.
std::string to_text(const Report& report);
/// One object, the same data.
std::string to_json(const Report& report);
/// One page that needs nothing else: the data, the charting library and our few lines around it.
/// `chart_library`: the text of Chart.js. `page`: the text of page.html. Throws: std::invalid_argument if the
/// page lacks the places for them.
std::string to_html(const Report& report, std::string page, const std::string& chart_library);

}  // namespace corokit::bench
