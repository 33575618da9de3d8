#pragma once

namespace gfnet::system {

/// Prepares stdin, stdout and stderr for bytes as they are, in UTF-8 where people read them. Opens
/// those that are closed, so that no other file becomes one of them: for reading nothing, but
/// stderr for writing to nowhere. A closed stdout then gives an error when it is written to. Must
/// be called before anything is read or written.
void prepare_standard_streams();

bool is_terminal(int file);

/// From now on, what is written to `stream` goes to the open file `file`.
void redirect(int stream, int file);
/// From now on, what is written to `stream` goes nowhere.
void redirect_to_nowhere(int stream);

}  // namespace gfnet::system
