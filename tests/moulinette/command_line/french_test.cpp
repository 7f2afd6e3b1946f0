// What a student reads on the terminal with --language fr: no sentence of the program's own is in English.
#include "output/drawing_words.hpp"
#include "output/error_texts.hpp"
#include "output/terminal_words.hpp"
#include "running/run_messages.hpp"
#include "testing/support.hpp"

#include <gtest/gtest.h>
#include <algorithm>
#include <regex>

namespace corokit::moulinette {
namespace {

constexpr const char* kOutOfOrder = TOY "/students/fails_out_of_order.cpp";

/// Returns: what stands before, between and behind the values of a text, where it is three words or more.
std::vector<std::string> phrases_of(std::string_view text) {
  std::vector<std::string> phrases;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find("{}", begin), text.size());
    const std::string_view between = text.substr(begin, end - begin);
    const std::string_view phrase = between.substr(std::min(between.find_first_not_of(' '), between.size()));
    const std::string trimmed(phrase.substr(0, phrase.find_last_not_of(' ') + 1));
    if (std::ranges::count(trimmed, ' ') >= 2) phrases.push_back(trimmed);
    begin = end + 2;
  }
  return phrases;
}

/// Returns: what is English in the output of a command.
std::vector<std::string> english_in(const std::string& output) {
  std::vector<std::string> found;
  const auto look = [&](std::span<const TextPair> table) {
    for (const auto& [english, french] : table)
      for (const std::string& phrase : phrases_of(english))
        if (output.find(phrase) != std::string::npos) found.push_back(phrase);
  };
  look(kTerminalWords);
  look(kErrorTexts);
  look(kDrawingWords);
  look(kRunMessages);
  static const std::regex word(
      "(^|\n)(  )?(checks|found|moves|timeline|again|known|hint|a hint|replay|passed|failed|crashed|hung|"
      "exited_early|exited early|refused|did not compile|Next|Score|Moves|Time|Step|teaches|read|fill in|"
      "write)\\b|: (passed|failed|crashed|hung|not passed)\\b|\\bXP; |difficulty|deadlock");
  for (std::sregex_iterator at(output.begin(), output.end(), word), end; at != end; ++at)
    found.push_back(at->str());
  return found;
}

class InFrench : public testing::Test {
 protected:
  InFrench() { std::filesystem::copy(TOY "/solutions/reference.cpp", folder_ / "right.cpp"); }

  /// Runs a command, and expects French alone, with these parts in it.
  std::string expect(const std::string& arguments, const std::vector<std::string>& parts) const {
    const std::string command =
        "cd " + folder_.string() + " && XDG_STATE_HOME=" + folder_.string() + " " MOULINETTE " " + arguments;
    const Finished finished = shell(command + " --language fr --kit " TOY_KIT);
    EXPECT_EQ(english_in(finished.output), std::vector<std::string>()) << arguments << '\n'
                                                                       << finished.output;
    for (const std::string& part : parts)
      EXPECT_NE(finished.output.find(part), std::string::npos)
          << arguments << " says no \"" << part << "\":\n"
          << finished.output;
    return finished.output;
  }

  /// Returns: a solution that counts in another way.
  std::string that_counts(const std::string& body, const std::string& before = "") const {
    write_text(folder_ / "mine.cpp", "#include \"toy.hpp\"\n" + before +
                                         "int add(int a, int b) { return a + b; }\nint count_to(int n) {\n" +
                                         body + "\nreturn n;\n}\n");
    return "mine.cpp";
  }

  Workspace workspace_;
  const std::filesystem::path folder_ = workspace_.path();
};

TEST_F(InFrench, AreGrades) {
  expect("grade toy right.cpp",
         {"  réussi        adds    60 / 60", "  les ordonnancements de --seed ",
          "Note 100/100 : réussi, 10 XP sur 10\n", "Une note complète sans indice compte 1,5 fois : 15 XP.\n",
          "Vous avez 15 XP sur 15, et avez tout réussi.\n"});
  expect("grade toy",
         {"Pas encore de points : tout le monde commence ainsi. Commencez par add().\nLe sujet : ",
          "Note 0/100 : non réussi (il en faut 70)\n"});
  expect(std::string("grade toy ") + kOutOfOrder,
         {"counts, edge_turns : échoué\n  vérifie    deux tâches qui comptent\n  constaté   counting to 1",
          "  choix      1 choix sur ", " compte\n", " ms  task ", "attend depuis l'étape ",
          "  rejouer    ./moulinette replay toy/edge_turns/", "  de nouveau ./moulinette grade toy ",
          "  un indice  ./moulinette grade toy "});
  expect(std::string("grade toy ") + kOutOfOrder + " --hint",
         {"  indice     le piège : un état que", " (1 sur 2)\n"});
  expect("grade toy --test adds right.cpp", {"adds réussi selon 21 ordonnancements\n"});
  expect(std::string("grade toy --seed 1 --test counts ") + kOutOfOrder,
         {"edge_turns échoué : counting to 1", "Ce qui s'est passé, en bref :\nChoix : 1 choix sur ",
          "\nRejouer : toy/edge_turns/"});
}

TEST_F(InFrench, AreCrashesHangsAndEarlyEnds) {
  expect("grade toy " + that_counts("__builtin_trap();"),
         {"plantage", "tué par SIGILL", "Un signal ou un sanitizer a arrêté le programme"});
  expect("grade toy " + that_counts("for (volatile bool goes_on = true; goes_on;) {}"),
         {"blocage", "  constaté   arrêté dans l'ordonnancement 1, ", "Le test n'a pas fini dans sa limite"});
  expect("grade toy " + that_counts("std::exit(3);", "#include <cstdlib>\n"),
         {"fin prématurée", "avec le statut 3, sans rendre compte",
          "une solution ne termine jamais le processus"});
}

TEST_F(InFrench, IsWhatWasNotRun) {
  expect("grade toy " TOY "/students/broken.cpp",
         {"ne compile pas : Le compilateur ou l'éditeur de liens signale une erreur",
          "Note 0/100. Corrigez la première erreur ci-dessus"});
  expect("grade toy " HOSTILE "/escapes/forks.cpp",
         {"refusé : ", "La norme refuse le fichier : rien n'en a été exécuté.",
          "Note 0/100. Passez-vous de ce qui"});
  expect("grade nowhere", {"Il n'y a pas d'exercice « nowhere ». Il y a : toy."});
  expect("grade toy missing.cpp",
         {"Il n'y a pas de fichier missing.cpp.\nDonnez le chemin de votre solution"});
  expect("grade toy right.cpp --test divides", {"toy n'a pas de test « divides ». Il a : adds, counts."});
}

TEST_F(InFrench, IsTheLadder) {
  expect("next", {"Jouets\n> toy  à faire", "0 réussis sur 1, 0 XP sur 15", "Ensuite : toy, environ ",
                  " XP ; 15 sans indice", "  enseigne   deux fonctions ; bases, difficulté 1 sur 5",
                  "  corriger   ./moulinette grade toy\n", ", qui corrige à chaque sauvegarde\n"});
  expect("list", {"Un jouet pour les tests", "bases, difficulté 1 sur 5, environ ", "étiquettes : "});
  expect("solution toy", {"Vous n'avez pas encore réussi toy"});
  expect("list --tag none", {"Aucun exercice n'a l'étiquette « none »"});
  expect("list >/dev/full",
         {"La sortie ne peut pas être écrite (il n'y a plus de place sur le disque) : dirigez-la ailleurs"});
}

TEST_F(InFrench, IsThatNothingIsRemembered) {
  write_text(folder_ / "corokit", "a file, and no folder");
  expect("grade toy right.cpp", {"Votre parcours n'est pas retenu : ", " ne peut pas être créé : "});
}

TEST_F(InFrench, IsAReplay) {
  const std::string replay = std::string("replay toy/edge_turns/1/0 ") + kOutOfOrder;
  expect(replay, {"edge_turns réussit maintenant dans cet ordonnancement.\nChoix : aucun des "});
  expect(replay + " --step </dev/null", {"Étape 0 sur ", "Tâches et threads :\n", "n'a pas encore tourné"});
  expect("replay toy", {"« toy » n'est pas un jeton.\n"});
}

TEST_F(InFrench, IsWatch) {
  write_text(folder_ / "lines", "h\ns\nn\nl\nq\n");
  expect("watch toy <lines", {" est corrigé à chaque sauvegarde. Des lignes demandent plus : h indice",
                              "Rien n'a encore été corrigé.\n", "Il n'y a pas d'ordonnancement à parcourir",
                              "L'exercice suivant vient quand celui-ci est réussi.\n", "Ensuite : toy"});
}

// Programs read JSON: it is the same in all languages.
TEST_F(InFrench, IsNoJson) {
  for (const std::string command : {"list --json", "next --json"}) {
    const auto output = [&](const char* language) {
      return shell("XDG_STATE_HOME=" + folder_.string() + " " MOULINETTE " " + command +
                   " --kit " TOY_KIT " --language " + language)
          .output;
    };
    EXPECT_EQ(output("fr"), output("en")) << command;
  }
}

}  // namespace
}  // namespace corokit::moulinette
