#include "crashes.hpp"

#include <cxxabi.h>
#include <signal.h>
#include <sys/time.h>
#include <ucontext.h>
#include <cstdlib>
#include <exception>
#include <string>
#include <typeinfo>

#include "entered.hpp"

namespace corokit::model {
namespace {

/// Where the program was.
struct Interrupted {
  const void* code;  // as if it were a return address
  const void* frame;
  const void* stack;

  explicit Interrupted(const void* context) noexcept {
#if defined(__x86_64__)
    const auto& registers = static_cast<const ucontext_t*>(context)->uc_mcontext.gregs;
    code = reinterpret_cast<const void*>(registers[REG_RIP] + 1);
    frame = reinterpret_cast<const void*>(registers[REG_RBP]);
    stack = reinterpret_cast<const void*>(registers[REG_RSP]);
#else
    code = frame = stack = context;
#endif
  }
  const void* own_code(Player& player) const {
    return player.own_code_at(code, frame, stack);
  }
};

void on_crash(int signal, siginfo_t* info, void* context) {
  const Entered player;
  if (!player) {
    ::signal(signal, SIG_DFL);
    return;  // it happens again
  }
  const Interrupted at_crash(context);
  if (signal == SIGSEGV && Player::is_beyond_stack(info->si_addr))
    player->stack_is_full(at_crash.own_code(*player));
  const char* const what = signal == SIGFPE   ? "a division by zero"
                           : signal == SIGILL ? "an illegal instruction"
                                              : "a bad access to memory";
  std::string text =
      std::string("a crash: ") + lane_name(player->engine.threads.running()) + " makes " + what;
  if (signal == SIGSEGV || signal == SIGBUS)
    text += ", at address " + shown_value(reinterpret_cast<std::uintptr_t>(info->si_addr));
  player->engine.threads.fail(text + "," + at(at_crash.own_code(*player)));
}

/// Once in a while: a thread may have gone on without a step since the last time.
void on_tick(int, siginfo_t*, void* context) {
  static std::uint64_t last = 0;
  const Entered player;
  const Interrupted at_tick(context);
  if (!player || !player->image().has_code(at_tick.code)) return;
  const std::uint64_t progress = player->progress();
  if (progress != std::exchange(last, progress)) return;
  player->engine.threads.fail("a livelock: " + lane_name(player->engine.threads.running()) +
                              " goes on without a step that others could see" + at(at_tick.code));
}

void on_terminate() {
  const Entered player;
  if (!player) std::abort();
  const void* const thrown = player->thrown_by();
  const std::type_info* const type = abi::__cxa_current_exception_type();
  if (!type) player->engine.threads.fail("a crash: the program calls std::terminate()");
  std::string what;
  try {
    throw;
  } catch (const std::exception& exception) {
    what = exception.what();
  } catch (...) {
  }
  int status = 0;
  char* const name = abi::__cxa_demangle(type->name(), nullptr, nullptr, &status);
  std::string text = std::string("an uncaught exception: ") + (name ? name : type->name());
  std::free(name);
  if (!what.empty()) text += " (" + what + ")";
  player->engine.threads.fail(text + ", thrown" + at(thrown) + " by " +
                              lane_name(player->engine.threads.running()));
}

void handle(int signal, void (*handler)(int, siginfo_t*, void*)) {
  struct sigaction action {};
  action.sa_sigaction = handler;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  sigaction(signal, &action, nullptr);
}

}  // namespace

Crashes::Crashes() : stack_(128U << 10U) {
  const stack_t stack{.ss_sp = stack_.data(), .ss_flags = 0, .ss_size = stack_.size()};
  sigaltstack(&stack, nullptr);
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL}) handle(signal, &on_crash);
  handle(SIGVTALRM, &on_tick);
  const itimerval often{{0, 200'000}, {0, 200'000}};
  setitimer(ITIMER_VIRTUAL, &often, nullptr);
  std::set_terminate(&on_terminate);
}

Crashes::~Crashes() {
  const itimerval never{};
  setitimer(ITIMER_VIRTUAL, &never, nullptr);
}

}  // namespace corokit::model
