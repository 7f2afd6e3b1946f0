#include "norm/plain_name.hpp"

#include "norm/norm.hpp"

#include <gtest/gtest.h>
#include <algorithm>
#include <chrono>
#include <utility>

namespace corokit::moulinette {
namespace {

TEST(PlainName, IsTheNameAlone) {
  const std::pair<const char*, const char*> cases[]{
      {"memcpy", "memcpy"},
      {"count_to(int)", "count_to"},
      {"std::thread::join()", "std::thread::join"},
      {"std::chrono::_V2::steady_clock::now()", "std::chrono::_V2::steady_clock::now"},
      {"void std::vector<int, std::allocator<int> >::push_back(int&&)", "std::vector::push_back"},
      {"std::ostream& std::ostream::_M_insert<double>(double)", "std::ostream::_M_insert"},
      {"std::basic_ostream<char, std::char_traits<char> >& std::operator<< <std::char_traits<char> >(char "
       "const*)",
       "std::operator<<"},
      {"bool std::operator<(Key const&, Key const&)", "std::operator<"},
      {"operator new(unsigned long)", "operator new"},
      {"operator delete[](void*, unsigned long)", "operator delete[]"},
      {"mine::Function::operator()(int) const", "mine::Function::operator()"},
      {"mine::Text::operator std::string() const", "mine::Text::operator"},
      {"vtable for std::thread::_State", "std::thread::_State"},
      {"typeinfo name for mine::Box<int (*)(char)>", "mine::Box"},
      {"guard variable for mine::run(int)::table", "mine::run::table"},
      {"non-virtual thunk to mine::Both::~Both()", "mine::Both::~Both"},
      {"reference temporary #0 for mine::text", "mine::text"},
      {"(anonymous namespace)::helper(int)", "(anonymous namespace)::helper"},
      {"corokit::Task<int> mine::run<mine::go()::{lambda(int)#1}>(int)", "mine::run"},
      {"mine::go(int) const::{lambda(auto:1)#2}::operator()(char) const", "mine::go::{}::operator()"},
      {"decltype (({parm#1}.size)()) mine::size<int>(int const&)", "mine::size"},
      {"std::invalid_argument::what[abi:cxx11]() const", "std::invalid_argument::what"}};
  for (const auto& [demangled_name, plain] : cases)
    EXPECT_EQ(plain_name(demangled_name), plain) << demangled_name;
}

TEST(PlainName, KnowsInstantiations) {
  EXPECT_TRUE(is_instantiation("std::vector<int>::push_back(int&&)"));
  EXPECT_TRUE(is_instantiation("void std::swap<int>(int&, int&)"));
  EXPECT_FALSE(is_instantiation("std::terminate()"));
  EXPECT_FALSE(is_instantiation("take(std::vector<int>)"));
  EXPECT_FALSE(is_instantiation("std::vector<int> make()"));
}

using Names = std::vector<std::optional<std::string>>;

/// The symbol of `void f(T*)` where T is P<int, char>, and then `depth` times P<T, T>.
std::string doubling(int depth) {
  std::string type = "1PI";
  for (int i = 0; i < depth; ++i) type += "S_I";
  type += "icE";
  // The first substitution is P, then come the types from the inside to the outside.
  for (int i = 0; i < depth; ++i) {
    constexpr std::string_view kDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const auto number = static_cast<std::size_t>(i);
    type += "S" + (number < 36 ? "" : std::string(1, kDigits[number / 36])) + kDigits[number % 36] + "_E";
  }
  return "_Z1fP" + type;
}

TEST(PlainName, OfAMangledNameIsReadable) {
  const Names names = demangled({"_ZNSt6thread4joinEv", "write", "_ZNSt6vectorIiSaIiEE4swapERS1_", "i"});
  EXPECT_EQ(
      names,
      (Names{"std::thread::join()", "write",
             "std::vector<int, std::allocator<int> >::swap(std::vector<int, std::allocator<int> >&)", "i"}));
  EXPECT_EQ(plain_name(*names[0]), "std::thread::join");
}

TEST(PlainName, IsReadApartAsItIsReadHere) {
  const Names names =
      demangled({"_Z1fPKc", "_Z3fooSsS_", "_Z3barNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEES4_",
                 "_Z1fv.cold", "_ZnonsenseS_", "_Z1f2\xc3\xa9S_", "_Z1fS_ S_"});
  EXPECT_EQ(names[0], "f(char const*)");
  EXPECT_EQ(names[2],
            "bar(std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >, "
            "std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >)");
  EXPECT_EQ(names[3], "f() [clone .cold]");
  EXPECT_EQ(names[4], "_ZnonsenseS_");
  EXPECT_EQ(names[5], "f($$, $$)");  // a type whose name is no ASCII
  EXPECT_EQ(names[6], "_Z1fS_ S_");
}

TEST(PlainName, ThatIsLargeButNotTooLargeIsReadable) {
  EXPECT_EQ(demangled({doubling(0)}), Names{"f(P<int, char>*)"});
  EXPECT_EQ(demangled({doubling(2)}),
            Names{"f(P<P<P<int, char>, P<int, char> >, P<P<int, char>, P<int, char> > >*)"});
  EXPECT_EQ(plain_name(demangled({doubling(8)})[0].value()), "f");
}

TEST(PlainName, ThatNoMemoryHoldsIsNotMade) {
  const auto begin = std::chrono::steady_clock::now();
  for (const int depth : {16, 25, 100}) {
    const Names names = demangled({"_Z1gPKc", "_Z3barP1PS0_", doubling(depth)});
    EXPECT_EQ(names[0], "g(char const*)");
    EXPECT_EQ(names[1], "bar(P*, P*)") << "in front of one that is refused";
    EXPECT_FALSE(names[2]) << depth;
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin,
            std::chrono::seconds(20));  // of the processor, three at most
}

TEST(PlainName, ThatIsTooLongIsAFinding) {
  const std::string symbol = doubling(100);
  const NameRules rules{.rules = {}, .otherwise = "no", .otherwise_rule = "unknown"};
  std::vector<NormFinding> findings = check_references({{.name = symbol}}, rules, Definitions());
  const auto defined = check_definitions(
      {{.name = "_Z3addii", .is_defined = true}, {.name = symbol, .is_defined = true}}, Definitions());
  findings.insert(findings.end(), defined.begin(), defined.end());
  ASSERT_EQ(findings.size(), 2U);
  for (const NormFinding& finding : findings) {
    EXPECT_EQ(finding.symbol, symbol.substr(0, 100) + "...");
    EXPECT_EQ(finding.why, kNameIsTooLong);
    EXPECT_EQ(finding.rule, "unknown");
  }
}

TEST(PlainName, IsCutToALineBetweenCharacters) {
  EXPECT_EQ(cut_to_line("_Z3addii"), "_Z3addii");
  EXPECT_EQ(cut_to_line(std::string(99, 'a') + "\xc3\xa9"), std::string(99, 'a') + "...");
}

}  // namespace
}  // namespace corokit::moulinette
