#pragma once
#include <cstddef>
#include <string>
#include <vector>

namespace corokit::moulinette {

/// A file that a student has handed in.
struct ComparedFile {
  std::string student;
  std::string group;  // those of one group have worked together; empty: nobody
  std::string source;
  std::string place =
      {};  // those of one place are one hand-in, of partners; empty: nobody's but the student's
};

/// Whether one's file cannot be a copy of the other's.
bool have_worked_together(const ComparedFile& one, const ComparedFile& other);

/// A text that resembles all hand-ins, or that none should resemble, with a name for it.
struct NamedSource {
  std::string name;
  std::string source;
};

/// Lines of a file, the last one included. They count from 1.
struct LineRange {
  std::size_t first = 0;
  std::size_t last = 0;
};

/// A place where two files are alike.
struct Passage {
  LineRange one;
  LineRange other;
  std::size_t tokens = 0;
};

/// How much two files have in common.
struct Likeness {
  double of_one = 0;  // of what is the file's own, the part that is also in the other; from 0 to 1
  double of_other = 0;
  std::vector<Passage> passages;  // in the order of the first file

  double score() const noexcept { return of_one > of_other ? of_one : of_other; }
};

/// Two hand-ins, by their places in the list, that a person should look at side by side. The first one has the lower place.
struct SimilarPair {
  std::size_t one = 0;
  std::size_t other = 0;
  Likeness likeness;
};

/// A hand-in that is like a solution of the kit.
struct KnownCopy {
  std::size_t hand_in = 0;
  std::string known;  // the name of the solution
  Likeness likeness;  // `other` is the solution
};

struct Similarity {
  std::vector<std::vector<std::size_t>> same;  // hand-ins that differ at most in names, layout and comments
  std::vector<SimilarPair>
      pairs;  // the most similar first; of hand-ins that are the same, only the first is compared
  std::vector<KnownCopy> known;        // in the order of the hand-ins; the solution that is most like each
  std::vector<std::size_t> unwritten;  // hand-ins with nothing but what was given
  std::size_t shared = 0;  // what is common to a large part of the class, in percent of all that is not given
};

/// What is compared, and when it counts as similar.
struct SimilarityRules {
  std::size_t gram = 16;             // tokens that must be alike in a row for anything to count
  std::size_t window = 4;            // of so many grams that begin side by side, one is looked at
  double common = 1.0 / 3;           // what more than this part of the class has is nobody's own
  std::size_t common_least = 5;      // hand-ins; in a small class nothing is common before so many have it
  std::size_t own_least = 100;       // tokens; a hand-in with less of its own says nothing
  double score = 0.75;               // of Likeness, from which a pair is shown
  std::size_t most_tokens = 20'000;  // of a file; what comes after them is not compared
};

/// Finds hand-ins that are alike beyond what everybody was given, and what a large part of the class has written alike.
/// Names, layout, comments, the values of literals, and the order of functions make no difference. It is for a person to
/// judge what the likeness means.
///
/// Each text becomes a row of tokens (code_tokens.hpp), and each run of `gram` tokens a number. The numbers that two
/// texts are compared by are chosen by winnowing, and where two agree, the run of equal tokens around it is found.
///
/// Complexity: about O(all tokens), and for each pair that has a fifth of its numbers in common, O(its tokens).
/// Source: Schleimer, Wilkerson, Aiken: Winnowing: Local Algorithms for Document Fingerprinting, SIGMOD 2003; to cover both
///   texts by runs, the longest first, each token once: Wise: YAP3, SIGCSE 1996.
Similarity find_similar(const std::vector<ComparedFile>& hand_ins, const std::vector<std::string>& given,
                        const std::vector<NamedSource>& known, const SimilarityRules& rules = {});

}  // namespace corokit::moulinette
