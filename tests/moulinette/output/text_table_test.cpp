#include "output/text_table.hpp"

#include "output/system_messages.hpp"

#include <gtest/gtest.h>
#include <cstring>
#include <set>

namespace corokit::moulinette {
namespace {

constexpr auto kTexts = std::to_array<TextPair>({
    {"{} is gone: {}.", "{} a disparu : {}."},
    {"{} is gone: {}, and {}.", "{} a disparu : {}, et {}."},
    {"the end of {}", "la fin de {}"},
});

TEST(SaidInFrench, HasValuesAsTheyAre) {
  EXPECT_EQ(said_in_french(kTexts, "the end of x.cpp"), "la fin de x.cpp");
  EXPECT_EQ(said_in_french(kTexts, "x is gone: y, and z."), "x a disparu : y, et z.")
      << "it says more itself";
  EXPECT_EQ(said_in_french(kTexts, "something else"), "something else");
}

TEST(SaidInFrench, HasKnownValuesInFrench) {
  EXPECT_EQ(said_in_french(kTexts, "x is gone: the end of y."), "x a disparu : la fin de y.");
  EXPECT_EQ(said_in_french(kTexts, "x is gone: Permission denied."), "x a disparu : permission refusée.");
  EXPECT_EQ(said_in_french(kTexts, "Is a directory"), "est un dossier");
}

TEST(SystemMessages, AreThoseOfTheSystem) {
  std::set<std::string> said;
  for (int error = 1; error < 134; ++error) said.insert(std::strerror(error));
  for (const auto& [english, french] : kSystemMessages) {
    EXPECT_EQ(said.erase(std::string(english)), 1U) << english;
    EXPECT_NE(english, french);
  }
}

TEST(SystemMessages, AreThereForAllThatFilesMeet) {
  for (const int error :
       {EPERM,     ENOENT, EIO,        ENXIO,  EAGAIN, ENOMEM,  EACCES, EBUSY,        ENOTDIR,
        EISDIR,    EINVAL, ENFILE,     EMFILE, EFBIG,  ENOSPC,  EROFS,  ENAMETOOLONG, ELOOP,
        EOVERFLOW, EILSEQ, EOPNOTSUPP, ESTALE, EDQUOT, EUCLEAN, EBADMSG})
    EXPECT_NE(said_in_french({}, std::strerror(error)), std::strerror(error));
}

}  // namespace
}  // namespace corokit::moulinette
