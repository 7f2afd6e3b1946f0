#pragma once
#include "command_line/class_command.hpp"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>

namespace corokit::moulinette {

/// Adds the options of the command class, and its help.
void add_class(CLI::App& command, ClassRequest& of, std::optional<std::uint64_t>& seed,
               std::string& language);

}  // namespace corokit::moulinette
