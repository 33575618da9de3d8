#pragma once

namespace app {

/// Whether the file is the last part of a zip archive that is divided into several files. Its
/// directory then says that it lies on another disk than the first. descriptor: of the file, whose
/// position stays.
bool is_last_of_several_zip_parts(int descriptor);

}  // namespace app
