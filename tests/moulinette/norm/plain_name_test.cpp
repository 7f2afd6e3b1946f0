#include "norm/plain_name.hpp"

#include <gtest/gtest.h>
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

TEST(PlainName, OfAMangledNameIsReadable) {
  EXPECT_EQ(plain_name(demangled("_ZNSt6thread4joinEv")), "std::thread::join");
  EXPECT_EQ(demangled("write"), "write");
}

}  // namespace
}  // namespace corokit::moulinette
