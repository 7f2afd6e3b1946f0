#include "command_line/command_parts.hpp"
#include "command_line/interruptible_input.hpp"
#include "command_line/keyboard.hpp"
#include "command_line/ladder_commands.hpp"
#include "error.hpp"
#include "ladder/duel.hpp"
#include "ladder/progress_file.hpp"

#include <fmt/format.h>
#include <unistd.h>
#include <algorithm>
#include <istream>

namespace corokit::moulinette {
namespace {

constexpr const char* kKeys =
    "a number chooses, 0 is main   space goes on with the first   b back   n anew   f the file   g give up   "
    "q quit";

RungProgram program_of(const Session& session, const RosterEntry& mutant) {
  return {{.executable = session.manifest.explorer,
           .folder = session.workspace.make_folder("duel"),
           .limits = session.spec.limits,
           .trusted = true},
          mutant.executable};
}

/// Copies a mutant to where its path does not tell what it is. Returns: that path.
std::filesystem::path copy_without_name(const Session& session, const RosterEntry& mutant) {
  const std::filesystem::path implementation = std::filesystem::path(mutant.executable).replace_extension("");
  const std::filesystem::path folder = implementation.parent_path() / "duel";
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  std::filesystem::copy_file(implementation / session.spec.exercise / session.spec.file,
                             folder / session.spec.file, std::filesystem::copy_options::overwrite_existing,
                             failed);
  if (failed) throw broken(fmt::format("Cannot write in {}: {}.", folder.string(), failed.message()));
  return folder / session.spec.file;
}

/// Returns: the duel with a mutant; none if no person can break it: nothing is to be chosen.
std::optional<DuelSubject> subject_of(const Session& session, const RosterEntry& mutant) {
  const WrongHeader header = load_wrong_header(session.manifest.root, mutant.file, session.spec);
  for (const std::string& part : header.killed_by) {
    const TestSpec& test = session.test_or_part(part);
    const auto moves = shortest_moves(program_of(session, mutant), test, part, session.interrupt);
    if (!moves || count_of_moves(*moves) == 0) continue;
    const PartSpec* further = test.find_part(part);
    const std::filesystem::path file = copy_without_name(session, mutant);
    return DuelSubject{session.spec.exercise,
                       mutant.name,
                       part,
                       further ? further->what : test.what,
                       std::filesystem::proximate(file).string(),
                       header,
                       *moves};
  }
  return {};
}

DuelSubject find_subject(const Session& session, const std::string& asked) {
  for (const RosterEntry& entry : session.manifest.roster) {
    if (entry.role != Role::mutant || (!asked.empty() && entry.name != asked)) continue;
    if (auto subject = subject_of(session, entry)) return *std::move(subject);
    if (session.interrupt.requested()) break;
  }
  if (asked.empty() || session.interrupt.requested())
    throw misuse(
        fmt::format("There is no duel in {}: its tests leave nothing to choose.\n"
                    "Try ./moulinette duel 03_block_on",
                    session.spec.exercise));
  std::vector<std::string> names;
  for (const RosterEntry& entry : session.manifest.roster)
    if (entry.role == Role::mutant) names.push_back(entry.name);
  throw misuse(
      fmt::format("There is no duel with \"{}\". Its mutants are: {}.", asked, fmt::join(names, ", ")));
}

void play_by_keys(Duel& duel, const OutputOptions& output, Interrupt& interrupt) {
  constexpr const char* kClear = "\x1b[H\x1b[2J";
  const Keyboard keyboard(interrupt);
  for (bool goes_on = true; goes_on && !interrupt.requested();) {
    print(fmt::format("{}{}\n{}\n", kClear, duel.text(output), kKeys));
    flush_output();
    const char key = keyboard.read();
    const bool ends = key == Keyboard::kEnd || key == '\x04';
    goes_on = duel.obey(ends ? "q" : key == ' ' || key == '\n' ? "" : std::string(1, key));
  }
}

void play_by_lines(Duel& duel, const OutputOptions& output, Interrupt& interrupt) {
  InterruptibleInput input(interrupt);
  std::istream lines(&input);
  print(duel.text(output) + kKeys + "\n");
  for (std::string line; std::getline(lines, line);) {
    const bool goes_on = duel.obey(line);
    if (line == "q") return;
    print("\n" + duel.text(output));
    if (!goes_on) return;
  }
}

}  // namespace

int duel_command(const Request& request, const std::string& name, const std::string& mutant) {
  Interrupt interrupt;
  Session session(find_exercise(request, name), request.output, interrupt);
  if (!session.spec.is_rung)
    throw misuse(fmt::format(
        "{} is no rung of the ladder: there are duels in rungs only, such as 03_block_on.", name));
  const DuelSubject subject = find_subject(session, mutant);
  const RosterEntry& entry = *session.find_in_roster(subject.mutant);
  Duel duel(subject, program_of(session, entry), session.test_or_part(subject.part), interrupt);
  const bool by_keys = isatty(STDIN_FILENO) != 0 && isatty(STDOUT_FILENO) != 0;
  by_keys ? play_by_keys(duel, request.output, interrupt) : play_by_lines(duel, request.output, interrupt);
  if (interrupt.requested()) return kInterrupted;
  if (by_keys) print("\n" + duel.text(request.output));
  if (!duel.won()) return Error::kNotAsExpected;
  const std::size_t moves = duel.count();
  static_cast<void>(ProgressFile().change(name, [moves](Standing& standing) {
    standing.duel_moves = std::min(standing.duel_moves.value_or(moves), moves);
  }));
  return 0;
}

}  // namespace corokit::moulinette
