#include "class/archive.hpp"

#include "class/hand_in_notes.hpp"
#include "class/text_encoding.hpp"
#include "error.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>
#include <locale.h>
#include <sys/stat.h>
#include <algorithm>
#include <memory>

namespace corokit::moulinette {
namespace fs = std::filesystem;
namespace {

using Reader = std::unique_ptr<struct archive, decltype(&archive_read_free)>;
using Writer = std::unique_ptr<struct archive, decltype(&archive_write_free)>;

/// While it lives, names of this thread are UTF-8. libarchive asks the locale what the names are that it gives.
class Utf8Locale {
 public:
  Utf8Locale() : own_(newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)), before_(uselocale(own_)) {}
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;
  ~Utf8Locale() {
    uselocale(before_);
    if (own_) freelocale(own_);
  }

 private:
  locale_t own_;  // null if the system has none; then uselocale() changes nothing
  locale_t before_;
};

/// Returns: the name as UTF-8; empty if it cannot be read.
std::string name_of(struct archive_entry* entry) {
  const char* text = archive_entry_pathname(entry);
  if (!text) text = archive_entry_pathname_utf8(entry);
  return text ? utf8_name(text) : "";
}

/// What is left of the limits.
class Unpacking {
 public:
  Unpacking(fs::path file, fs::path folder, const UnpackLimits& limits)
      : file_(std::move(file)),
        folder_(std::move(folder)),
        limits_(limits),
        reader_(archive_read_new(), &archive_read_free),
        writer_(archive_write_disk_new(), &archive_write_free) {
    archive_read_support_format_zip(reader_.get());
    archive_read_support_format_tar(reader_.get());
    archive_read_support_filter_gzip(reader_.get());
    // No owners, no modes but those of a new file: what is unpacked is read, and nothing else.
    archive_write_disk_set_options(writer_.get(), ARCHIVE_EXTRACT_TIME | ARCHIVE_EXTRACT_SECURE_NODOTDOT |
                                                      ARCHIVE_EXTRACT_SECURE_SYMLINKS);
    constexpr std::size_t kBlock = 64U << 10U;
    if (archive_read_open_filename(reader_.get(), file_.c_str(), kBlock) != ARCHIVE_OK)
      damaged(reader_.get());
  }

  std::vector<std::string> names() {
    std::vector<std::string> found;
    while (struct archive_entry* entry = next()) found.push_back(name_of(entry));
    return found;
  }

  std::vector<LeftOut> run() {
    while (struct archive_entry* entry = next()) take(entry);
    return std::move(left_out_);
  }

 private:
  [[noreturn]] void damaged(struct archive* which) const {
    const char* why = archive_error_string(which);
    throw broken(fmt::format("{} cannot be unpacked: {}.", file_.string(), why ? why : "it is no archive"));
  }
  [[noreturn]] void too_much(const std::string& what) const {
    throw broken(fmt::format("{} holds more than {}, so it is not unpacked.", file_.string(), what));
  }

  /// Returns: null at the end.
  struct archive_entry* next() {
    struct archive_entry* entry = nullptr;
    const int status = archive_read_next_header(reader_.get(), &entry);
    if (status == ARCHIVE_EOF) return nullptr;
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN) damaged(reader_.get());
    if (++entries_ > limits_.entries) too_much(fmt::format("{} entries", limits_.entries));
    return entry;
  }

  void take(struct archive_entry* entry) {
    const std::string name = name_of(entry);
    const fs::path path = fs::path(name).lexically_normal();
    const auto type = archive_entry_filetype(entry);
    if (type == AE_IFDIR) return;  // a folder is made with the first file in it
    if (type != AE_IFREG || archive_entry_hardlink(entry))
      return leave_out("{} in {} was left out: it is no plain file.", name);
    if (name.empty()) return leave_out("{} in {} was left out: its name cannot be read.", "?");
    if (path.is_absolute() || *path.begin() == "..")
      return leave_out("{} in {} was left out: its name leads out of the folder.", name);
    write(entry, folder_ / path);
  }

  void leave_out(NoteText text, const std::string& name) {
    left_out_.push_back({name, note(text, name, file_.filename().string())});
  }

  void write(struct archive_entry* entry, const fs::path& place) {
    archive_entry_set_pathname(entry, place.c_str());
    archive_entry_set_perm(entry, S_IRUSR | S_IWUSR);
    if (archive_write_header(writer_.get(), entry) != ARCHIVE_OK) damaged(writer_.get());
    const void* block = nullptr;
    std::size_t size = 0, written = 0;
    la_int64_t offset = 0;
    for (;;) {
      const int status = archive_read_data_block(reader_.get(), &block, &size, &offset);
      if (status == ARCHIVE_EOF) break;
      if (status != ARCHIVE_OK) damaged(reader_.get());
      written += size;
      bytes_ += size;
      // An offset says how large the file becomes, also where nothing was written yet.
      if (std::max<std::size_t>(written, static_cast<std::size_t>(offset) + size) > limits_.file)
        too_much(fmt::format("{} MiB in one file", limits_.file >> 20U));
      if (bytes_ > limits_.bytes) too_much(fmt::format("{} MiB", limits_.bytes >> 20U));
      if (archive_write_data_block(writer_.get(), block, size, offset) != ARCHIVE_OK) damaged(writer_.get());
    }
    if (archive_write_finish_entry(writer_.get()) != ARCHIVE_OK) damaged(writer_.get());
  }

  Utf8Locale locale_;
  fs::path file_;
  fs::path folder_;
  UnpackLimits limits_;
  Reader reader_;
  Writer writer_;
  std::size_t entries_ = 0;
  std::size_t bytes_ = 0;
  std::vector<LeftOut> left_out_;
};

}  // namespace

bool is_archive(const fs::path& file) {
  std::string name = file.filename().string();
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  return name.ends_with(".zip") || name.ends_with(".tar") || name.ends_with(".tar.gz") ||
         name.ends_with(".tgz");
}

std::vector<LeftOut> unpack(const fs::path& archive, const fs::path& folder, const UnpackLimits& limits) {
  fs::create_directories(folder);
  // Its own path must not have a link in it, or nothing may be written below.
  return Unpacking(archive, fs::canonical(folder), limits).run();
}

std::vector<std::string> names_in(const fs::path& archive) {
  return Unpacking(archive, {}, {}).names();
}

}  // namespace corokit::moulinette
