#include <corokit/io/pipe.hpp>

#include "system_device.hpp"

namespace corokit::io {
namespace {

using corokit::detail::SystemPipe;
using corokit::detail::Watched;

IoResult<std::shared_ptr<SystemPipe>> watch(Descriptor descriptor, const char* call) {
  auto watched = Watched::make(std::move(descriptor), 0, call);
  if (!watched) return Err<std::error_code>(watched.error());
  return std::make_shared<SystemPipe>(*std::move(watched));
}

}  // namespace

IoResult<PipeReader> PipeReader::make(Descriptor descriptor) {
  auto pipe = watch(std::move(descriptor), "PipeReader::make");
  if (!pipe) return Err<std::error_code>(pipe.error());
  return PipeReader(*std::move(pipe));
}

IoResult<PipeWriter> PipeWriter::make(Descriptor descriptor) {
  auto pipe = watch(std::move(descriptor), "PipeWriter::make");
  if (!pipe) return Err<std::error_code>(pipe.error());
  return PipeWriter(*std::move(pipe));
}

IoResult<std::pair<PipeReader, PipeWriter>> make_pipe() {
  auto made = corokit::detail::make_pipe_ends("make_pipe");
  if (!made) return Err<std::error_code>(made.error());
  return std::pair(PipeReader(std::move(made->first)), PipeWriter(std::move(made->second)));
}

}  // namespace corokit::io
