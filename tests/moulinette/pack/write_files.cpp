#include "pack/write_files.hpp"

#include "error.hpp"
#include "whole_file.hpp"
#include "why_not_written.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <cerrno>
#include <memory>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

constexpr time_t kTime = 946'728'000;  // noon of 2000-01-01, in the range of zip wherever one is
constexpr auto kPlain =
    fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read | fs::perms::others_read;
constexpr auto kRunnable = kPlain | fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec;

struct Free {
  void operator()(archive* writer) const noexcept { archive_write_free(writer); }
  void operator()(archive_entry* entry) const noexcept { archive_entry_free(entry); }
};

}  // namespace

void write_zip(const fs::path& zip, const std::vector<PackedFile>& files) {
  const std::unique_ptr<archive, Free> writer(archive_write_new());
  const auto require = [&](bool done) {
    if (done) return;
    const char* text = archive_error_string(writer.get());
    const int error = archive_errno(writer.get());
    const std::string why =
        error == ENOSPC || !text ? why_not_written(text ? error : ENOMEM) : std::string(text) + ".";
    if (std::error_code failed; fs::is_regular_file(zip, failed)) fs::remove(zip, failed);
    throw broken(fmt::format("{} cannot be written: {}", zip.string(), why));
  };
  require(archive_write_set_format_zip(writer.get()) == ARCHIVE_OK);
  require(archive_write_open_filename(writer.get(), zip.c_str()) == ARCHIVE_OK);
  for (const PackedFile& file : files) {
    const std::unique_ptr<archive_entry, Free> entry(archive_entry_new());
    archive_entry_set_pathname(entry.get(), file.path.c_str());
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), static_cast<mode_t>(file.executable ? kRunnable : kPlain));
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(file.content.size()));
    archive_entry_set_mtime(entry.get(), kTime, 0);
    require(archive_write_header(writer.get(), entry.get()) == ARCHIVE_OK);
    const la_ssize_t written = archive_write_data(writer.get(), file.content.data(), file.content.size());
    require(written == static_cast<la_ssize_t>(file.content.size()));
  }
  require(archive_write_close(writer.get()) == ARCHIVE_OK);
}

void write_folder(const fs::path& folder, const std::vector<PackedFile>& files) {
  std::error_code failed;
  const bool is_new = !fs::exists(folder, failed);
  for (const PackedFile& file : files) {
    const fs::path place = folder / file.path;
    fs::create_directories(place.parent_path(), failed);
    if (!failed && !write_if_possible(place, file.content)) failed = {errno, std::generic_category()};
    if (!failed) fs::permissions(place, file.executable ? kRunnable : kPlain, failed);
    if (!failed) continue;
    const std::string why = why_not_written(failed.value());
    if (is_new) fs::remove_all(folder, failed);  // half a tree would be taken for a whole one
    throw broken(fmt::format("Cannot write {}: {}", place.string(), why));
  }
}

}  // namespace corokit::moulinette
