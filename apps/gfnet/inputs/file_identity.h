#pragma once

#include <optional>
#include <string>

#include "system/file_facts.h"

namespace app {

using gfnet::system::FileIdentity;

/// The identity of the file that a program reads for `path`. A member of an archive, such as
/// a.tar/b.jpg, has that of the archive. Nothing if the path leads to no regular file.
std::optional<FileIdentity> identity_of(const std::string& path);

/// The identity of an open file. Nothing if it is no regular file.
std::optional<FileIdentity> identity_of(int descriptor);

/// The identity of an open file that is not empty, such as that of a standard stream that appends
/// to one (">>"). Nothing if the file is empty, or no regular file.
std::optional<FileIdentity> filled_identity_of(int descriptor);

/// Whether an open file can be among the images that a folder is searched for: it bears the name of
/// one, or has several names. A link that bears another name does not count.
bool may_be_listed(int descriptor);

}  // namespace app
