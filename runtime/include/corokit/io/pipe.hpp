#pragma once
#include <corokit/io/byte_stream.hpp>
#include <corokit/io/descriptor.hpp>

#include <utility>

namespace corokit::io {

class PipeReader;
class PipeWriter;

/// Makes a pipe. Returns: its two ends, or the error.
/// Throws: std::logic_error outside of a runtime, std::system_error if the system gives no epoll.
IoResult<std::pair<PipeReader, PipeWriter>> make_pipe();

/// The end of a pipe that is read from: of one that make_pipe() makes, of a process's output, of a named pipe.
class PipeReader : public ReadHalf {
 public:
  /// Takes over the end of a pipe that is open for reading, and sets it to non-blocking. Returns: the reader, or the error.
  /// Throws: std::logic_error outside of a runtime, std::system_error if the system gives no epoll.
  static IoResult<PipeReader> make(Descriptor descriptor);

 private:
  friend IoResult<std::pair<PipeReader, PipeWriter>> make_pipe();
  using ReadHalf::ReadHalf;
};

/// The end of a pipe that is written to.
class PipeWriter : public WriteHalf {
 public:
  /// As PipeReader::make(), of an end that is open for writing.
  static IoResult<PipeWriter> make(Descriptor descriptor);

 private:
  friend IoResult<std::pair<PipeReader, PipeWriter>> make_pipe();
  using WriteHalf::WriteHalf;
};

}  // namespace corokit::io
