#include "entered.hpp"

#include <cxxabi.h>
#include <dlfcn.h>
#include <link.h>
#include <sys/mman.h>
#include <algorithm>
#include <stdexcept>

namespace std {  // what std::call_once keeps for each thread
extern __thread void* __once_callable;
extern __thread void (*__once_call)();
}  // namespace std

namespace corokit::model {
namespace {

void* map(std::uintptr_t address, std::size_t size, int flags) {
  void* const mapped = mmap(reinterpret_cast<void*>(address), size, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | flags, -1, 0);
  if (mapped == MAP_FAILED) throw std::runtime_error("there is no room for the memory of the program");
  return mapped;
}

}  // namespace

Player* Player::playing_ = nullptr;
Player* Player::loading_ = nullptr;

Player::Player(const std::string& file)
    : engine(*this, nullptr), arena_(reinterpret_cast<std::byte*>(kMemory), kArena) {
  map(kMemory, kMemorySize, MAP_FIXED_NOREPLACE);
  granules_ = static_cast<Granule*>(map(0, kMemorySize / 8 * sizeof(Granule), 0));
  for (std::size_t i = 0; i < kThreads; ++i) mprotect(stack(i).begin, kGuard, PROT_NONE);
  find_c_library();
  loading_ = this;
  void* const handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  loading_ = nullptr;
  if (!handle) throw std::runtime_error(dlerror());
  image_.load(handle);
  if (image_.thread_local_size() > kThreadLocals)
    throw std::runtime_error("the program is too large: its thread-local variables take more than 64 KiB");
  arena_.keep();
  data_granules_.resize(image_.data_size() / 8 + 1);
  lines_ = std::make_unique<DebugLines>(image_);
  engine.recorder.use(lines_.get());
  engine.recorder.keep_what_was_found();
}

Player::~Player() {
  munmap(reinterpret_cast<void*>(kMemory), kMemorySize);
  munmap(granules_, kMemorySize / 8 * sizeof(Granule));
}

void Player::find_c_library() {
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* player) {
        if (std::strstr(info->dlpi_name, "/libc.so") == nullptr) return 0;
        auto& self = *static_cast<Player*>(player);
        for (std::size_t i = 0; i < info->dlpi_phnum; ++i) {
          if ((info->dlpi_phdr[i].p_flags & PF_X) == 0 || info->dlpi_phdr[i].p_type != PT_LOAD) continue;
          self.c_library_ = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
          self.c_library_size_ = info->dlpi_phdr[i].p_memsz;
        }
        return 1;
      },
      this);
}

Environment::Stack Player::stack(std::size_t thread) {
  return {reinterpret_cast<void*>(kMemory + kArena + thread * kStack), kStack};
}
std::byte* Player::thread_locals(std::size_t thread) const noexcept {
  return reinterpret_cast<std::byte*>(kMemory + kArena + kThreads * kStack + thread * kThreadLocals);
}

void Player::switched(std::size_t from, std::size_t to) noexcept {
  once_[from] = {std::__once_callable, reinterpret_cast<void*>(std::__once_call)};
  std::__once_callable = once_[to][0];
  std::__once_call = reinterpret_cast<void (*)()>(once_[to][1]);
}

bool Player::saw_what_others_change(std::size_t thread) {
  constexpr std::size_t kLast = 4;  // what came before them has little to do with the wait
  const Spins& spins = spins_[thread];
  for (std::size_t i = 0; i < std::min(kLast, spins.known()); ++i) {
    Granule* const cell = granule(spins.address(i));
    if (!cell) continue;
    for (std::uint32_t j = engine.shadow.fresh(*cell).locations; j != 0; j = engine.memory[j].next)
      if (engine.memory[j].address == spins.address(i) && engine.memory.has_lost(j, thread)) return true;
  }
  return false;
}

explorer::Report Player::explore(const Program& program, const explorer::Options& options) {
  return explorer::search(options, [&](explorer::Choices& choices, explorer::Recording* recording) {
    return play(program, options, choices, recording);
  });
}

explorer::Played Player::play(const Program& program, const explorer::Options& options,
                              explorer::Choices& choices, explorer::Recording* recording) {
  image_.restore();
  arena_.clear();
  lock_count_ = 0;
  for (auto& spins : spins_) spins.news();
  for (auto& calls : at_thread_end_) calls.clear();
  at_exit_.clear();
  meetings_.clear();
  for (auto& values : values_) values.clear();
  keys_.resize(kept_keys_);
  once_ = {};
  counts = {};
  accesses_ = work_ = 0;
  used_again_ = goes_on_ = -1;
  wanted_.clear();
  reached_.clear();
  program_ = &program;
  played_ = true;
  choosing_ = false;
  explorer::Played played;
  played.failure = engine.play(
      choices, options.max_steps, recording, [](void* self) { static_cast<Player*>(self)->run_program(); },
      this);
  played_ = false;
  playing_ = nullptr;
  for (const std::string& what : wanted_) played.missed.push_back(what);
  for (const std::string& what : reached_) played.reached.push_back(what);
  return played;
}

void Player::run_program() {
  image_.fill_thread_locals(thread_locals(0));
  {
    const Left left(*this);
    program_->body();
  }
  end_thread();
  call_all(at_exit_);
  if (!engine.threads.all_others_ended()) return;
  if (const std::string left = leak(); !left.empty()) engine.threads.fail(left);
}

std::string Player::leak() {
  const auto left = arena_.unreachable(
      {{image_.data(), image_.data_size()}, {thread_locals(0), image_.thread_local_size()}});
  if (left.empty()) return "";
  std::string text = "a leak: a block of " + std::to_string(left.front()->size) +
                     " bytes that was allocated" + at(left.front()->allocated_by) + " is never freed";
  if (left.size() > 1) text += ", nor are " + std::to_string(left.size() - 1) + " others";
  return text;
}

void Player::call_all(std::vector<Call>& calls) {
  while (!calls.empty()) {
    const Call call = calls.back();
    calls.pop_back();
    const Left left(*this);
    call.function(call.argument);
  }
}

/// Destroys what belongs to the running thread.
void Player::end_thread() {
  const std::size_t thread = engine.threads.running();
  call_all(at_thread_end_[thread]);
  for (std::uint32_t key = 0; key < values_[thread].size(); ++key) {
    void* const value = const_cast<void*>(std::exchange(values_[thread][key], nullptr));
    if (!value || key >= keys_.size() || !keys_[key]) continue;
    const Left left(*this);
    keys_[key](value);
  }
}

void Player::meet(const void* object) {
  ThreadView& view = engine.threads.view();
  auto meeting = std::ranges::find(meetings_, object, &std::pair<const void*, Knowledge>::first);
  if (meeting == meetings_.end()) meeting = meetings_.insert(meeting, {object, {}});
  view.now.join(meeting->second);
  meeting->second.join(view.now);
  view.tick();
}

std::size_t Player::choose(std::size_t count, const void* code) {
  choosing_ = true;
  const std::size_t choice = engine.threads.choices().next(explorer::Kind::branch, count);
  choosing_ = false;
  if (engine.recorder.on())
    operation(code, "chooses " + std::to_string(choice) + " of 0 to " + std::to_string(count - 1));
  spins().news();
  return choice;
}

void Player::call_in_library(const std::function<void()>& call) {
  in_library_ = true;
  {
    const Left left(*this);
    call();
  }
  in_library_ = false;
}

void Player::call_at_thread_end(void (*function)(void*), void* argument) {
  at_thread_end_[engine.threads.running()].push_back({function, argument});
}

std::size_t Player::start(void* (*function)(void*), void* argument, bool detached, const void* code) {
  const std::size_t thread = engine.threads.start(
      [](void* self) {
        auto& player = *static_cast<Player*>(self);
        const std::size_t number = player.engine.threads.running();
        player.image_.fill_thread_locals(player.thread_locals(number));
        Started& started = player.started_[number];
        {
          const Left left(player);
          started.result = started.function(started.argument);
        }
        player.end_thread();
      },
      this);
  started_[thread] = {function, argument, nullptr};
  if (detached) engine.threads.detach(thread);
  operation(code, "starts " + lane_name(thread));
  spins().news();
  return thread;
}

void* Player::join(std::size_t thread, const void* code) {
  if (thread >= engine.threads.count())
    engine.threads.fail("a thread that does not exist is joined" + at(code));
  operation(code, "joins " + lane_name(thread));
  engine.threads.join(thread, code);
  spins().news();
  return started_[thread].result;
}

void* Player::thread_local_variable(std::size_t module, std::size_t offset) noexcept {
  if (module != image_.module()) return nullptr;
  return thread_locals(engine.threads.running()) + offset;
}

}  // namespace corokit::model
