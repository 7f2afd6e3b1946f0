#include "norm/norm.hpp"

#include "exercise/schema.hpp"
#include "testing/support.hpp"

#include <gtest/gtest.h>

namespace corokit::moulinette {
namespace {

Symbol reference(std::string name) {
  return {.name = std::move(name)};
}

Symbol definition(std::string name, bool is_weak = false) {
  return {.name = std::move(name), .is_defined = true, .is_weak = is_weak};
}

/// What exercises/norm.json says to one reference: the reason, or "" if it is allowed.
std::string why_refused(const std::string& symbol) {
  static const NormRules rules = strict_toy_spec().norm;
  const auto findings = check_references({reference(symbol)}, rules.symbols, Definitions());
  return findings.empty() ? "" : findings.front().why;
}

bool is_own(const Symbol& symbol) {
  return check_definitions({symbol}, Definitions()).empty();
}

TEST(NormReferences, OfTheNonBlockingLibraryAreAllowed) {
  for (const char* symbol : {"memcpy",
                             "malloc",
                             "printf",
                             "stderr",
                             "sin",
                             "powf",
                             "__assert_fail",
                             "abort",
                             "__cxa_throw",
                             "_Unwind_Resume",
                             "_Znwm",
                             "_ZdlPvm",
                             "__atomic_load_16",
                             "__divti3",
                             "__aarch64_ldadd4_acq_rel",
                             "__asan_report_load8",
                             "_ZTIi",
                             "_ZTIPKc",
                             "_ZNSolsEi",
                             "_ZSt4cout",
                             "_ZSt16__ostream_insertIcSt11char_traitsIcEERSt13basic_ostreamIT_T0_ES6_PKS3_l",
                             "_ZTVN10__cxxabiv120__si_class_type_infoE",
                             "_ZNSs6appendEPKc",
                             "_ZNKSt9bad_alloc4whatEv",
                             "_ZN7corokit9Semaphore7acquireEv",
                             "_ZN7corokit3nowEv",
                             "qsort@GLIBC_2.2.5"})
    EXPECT_EQ(why_refused(symbol), "") << symbol;
}

TEST(NormReferences, ToWhatBlocksOrActsOutsideAreRefused) {
  for (const char* symbol :
       {"time",
        "clock",
        "gettimeofday",
        "mtx_lock",
        "thrd_sleep",
        "_Fork",
        "creat",
        "ppoll",
        "setitimer",
        "dup",
        "socketpair",
        "writev",
        "dprintf",
        "syscall",
        "sem_wait",
        "mmap",
        "longjmp",
        "truncate",
        "login_tty",
        "open_memstream",
        "own_function",
        "__read_chk",
        "pthread_self",
        "environ",
        "sigaction",
        "_ZNSt10filesystem6removeERKNS_7__cxx114pathE",
        "_ZNSt6thread4joinEv",
        "_ZSt3cin",
        "_ZNSt13random_device7_M_initERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE",
        "_ZNSt6chrono3_V212steady_clock3nowEv",
        "_ZN7corokit7Runtime12multi_threadEm",
        "_ZN7corokit9specified12RegistrationC1EPKcPFvRNS0_5CheckEE",
        "_ZTVSt13basic_filebufIcSt11char_traitsIcEE"})
    EXPECT_NE(why_refused(symbol), "") << symbol;
}

TEST(NormReferences, SayWhatToUseInstead) {
  const NormRules rules = toy_spec().norm;
  const auto lock = check_references({reference("pthread_mutex_lock")}, rules.symbols, {}).front();
  EXPECT_EQ(lock.rule, "locks");
  EXPECT_EQ(lock.why, "blocks the thread");
  EXPECT_EQ(lock.replacement, "use corokit::Mutex");
  const auto time =
      check_references({reference("_ZNSt6chrono3_V212system_clock3nowEv")}, rules.symbols, {}).front();
  EXPECT_EQ(time.rule, "clocks");
  EXPECT_EQ(time.replacement, "use corokit::now()");
}

TEST(NormReferences, AreFoundWithAVersionAndIfWeak) {
  EXPECT_NE(why_refused("dlsym@GLIBC_2.34"), "");
  const NormRules rules = toy_spec().norm;
  EXPECT_EQ(check_references({{.name = "pthread_create", .is_weak = true}}, rules.symbols, {}).size(), 1U);
}

TEST(NormReferences, AreFoundOnceForEachReason) {
  const auto findings = check_references({reference("pthread_mutex_lock"), reference("pthread_mutex_unlock")},
                                         toy_spec().norm.symbols, Definitions());
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].symbol, "pthread_mutex_lock");
}

TEST(NormReferences, ThatNothingDefinesAreTheLinkersConcern) {
  EXPECT_EQ(why_refused("_Z12undefined_oni"), "");
  EXPECT_NE(why_refused("_ZSt15set_new_handlerPFvvE"), "");
}

TEST(NormReferences, MayBeAllowedOrRefusedByAnExercise) {
  auto json = toy_json();
  json["norm"]["allowed"] = {"dup"};
  json["norm"]["refused"] = {{{"names", {"puts"}}, {"why", "no"}}};
  const Spec spec = parse_spec(json, "toy");
  EXPECT_TRUE(check_references({reference("dup")}, spec.norm.symbols, {}).empty());
  EXPECT_EQ(check_references({reference("puts")}, spec.norm.symbols, {}).size(), 1U);
}

TEST(NormDefinitions, AreOwn) {
  for (const Symbol& symbol :
       {definition("_Z3addii"), definition("counter"), definition("_ZN7corokit18MatrixOrchestratorC1Em"),
        definition("__clang_call_terminate", true), definition("_ZNSt6vectorIiSaIiEE9push_backEOi", true),
        definition("_ZNKSt4hashI3KeyEclES0_")})
    EXPECT_TRUE(is_own(symbol)) << symbol.name;
}

TEST(NormDefinitions, TakeNoPlaceOfOthers) {
  for (const char* symbol :
       {"send", "recv", "memcmp", "_Znwm", "_ZdlPv", "clock_gettime", "__cxa_throw", "main", "__my_own",
        "_exit", "_ZSt9terminatev", "_ZN7corokit9specified5Check4failESs"}) {
    EXPECT_FALSE(is_own(definition(symbol))) << symbol;
    EXPECT_FALSE(is_own(definition(symbol, true))) << symbol << " (weak)";
  }
  EXPECT_FALSE(is_own(definition("send@GLIBC_2.2.5")));
  EXPECT_FALSE(is_own({.name = "mine", .is_defined = true, .is_chosen_at_start = true}));
}

TEST(NormDefinitions, OfTheTestsAreTheirs) {
  const Definitions others(load_manifest(load_kit(TOY_KIT).front().manifest).link);
  EXPECT_TRUE(others.has_strong("main"));
  EXPECT_TRUE(others.has_strong("_ZN7corokit3sim12is_simulatedEv"));
  EXPECT_FALSE(others.has("_Z3addii"));
  EXPECT_FALSE(check_definitions({definition("_ZN7corokit3sim12is_simulatedEv", true)}, others).empty());
}

}  // namespace
}  // namespace corokit::moulinette
