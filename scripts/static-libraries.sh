# shellcheck shell=bash disable=SC2154
# Libraries that become part of what is built for other systems, from Debian's source packages with Debian's patches, for the
# scripts that source this file. One recipe each, for every compiler.
#
# A script sets these first:
#   work        folder with what is built: sources, build, log, prefix
#   prefix      where the libraries and headers go
#   machine     GNU name of the system for which is built, such as x86_64-w64-mingw32
#   toolchain   array: the arguments that tell CMake the compiler and the prefix
#   CC AR RANLIB   the same for libraries without CMake
#   say         function: `say TEXT…`
# and then calls link_headers and build_libraries.

library_jobs=${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}
library_flags="-O2 -fPIC -fvisibility=hidden"

# quietly NAME COMMAND…: writes what a command prints to $work/log/NAME.log, and shows its end if the command fails.
quietly() {
  local log=$work/log/$1.log
  shift
  "$@" >"$log" 2>&1 || { tail -n 30 "$log" >&2; say "failed: $* (full log: $log)"; exit 1; }
}

# Headers without a library, from this system's packages: all of /usr/include would bring another C library's.
link_headers() {
  mkdir -p "$prefix"/{include,share/cmake}
  local name
  for name in vulkan vk_video vkFFT vkFFT.h nlohmann CLI stb; do
    [[ ! -e /usr/include/$name ]] || ln -sfn "/usr/include/$name" "$prefix/include/$name"
  done
  # A copy: these files name the headers by the place where they are themselves.
  for name in nlohmann_json CLI11; do
    [[ ! -e /usr/share/cmake/$name ]] || cp -rL --preserve=timestamps "/usr/share/cmake/$name" "$prefix/share/cmake"
  done
}

with_cmake() {
  local source=$1
  shift
  cmake -G Ninja -S "$source" -B "$source.build" "${toolchain[@]}" \
    -D CMAKE_INSTALL_PREFIX="$prefix" -D CMAKE_INSTALL_LIBDIR:STRING=lib \
    -D CMAKE_BUILD_TYPE=Release -D CMAKE_POSITION_INDEPENDENT_CODE=ON -D BUILD_SHARED_LIBS=OFF \
    -D CMAKE_C_VISIBILITY_PRESET=hidden -D CMAKE_CXX_VISIBILITY_PRESET=hidden -D CMAKE_VISIBILITY_INLINES_HIDDEN=ON \
    -D CMAKE_POLICY_VERSION_MINIMUM=3.5 "$@" &&
    cmake --build "$source.build" --parallel "$library_jobs" && cmake --install "$source.build"
}

build_library() {
  local name=$1 source=$2
  case $name in
    zlib)
      (
        export CC AR RANLIB CFLAGS=$library_flags
        cd "$source" && ./configure --static --prefix="$prefix" && make -j "$library_jobs" libz.a &&
          make install
      )
      ;;
    fmtlib) with_cmake "$source" -D FMT_TEST=OFF -D FMT_DOC=OFF ;;
    libjpeg-turbo) with_cmake "$source" -D ENABLE_SHARED=OFF -D WITH_TURBOJPEG=OFF ;;
    libpng1.6) with_cmake "$source" -D PNG_SHARED=OFF -D PNG_FRAMEWORK=OFF -D PNG_TESTS=OFF ;;
    libwebp)
      with_cmake "$source" -D WEBP_BUILD_ANIM_UTILS=OFF -D WEBP_BUILD_CWEBP=OFF -D WEBP_BUILD_DWEBP=OFF \
        -D WEBP_BUILD_GIF2WEBP=OFF -D WEBP_BUILD_IMG2WEBP=OFF -D WEBP_BUILD_VWEBP=OFF -D WEBP_BUILD_WEBPINFO=OFF \
        -D WEBP_BUILD_WEBPMUX=OFF -D WEBP_BUILD_EXTRAS=OFF
      ;;
    tiff)
      with_cmake "$source" -D tiff-tools=OFF -D tiff-tests=OFF -D tiff-contrib=OFF -D tiff-docs=OFF -D cxx=OFF \
        -D lzma=OFF -D zstd=OFF -D webp=OFF -D jbig=OFF -D lerc=OFF -D libdeflate=OFF
      ;;
    glslang)
      with_cmake "$source" -D BUILD_EXTERNAL=OFF -D ENABLE_OPT=OFF -D ENABLE_HLSL=OFF -D ENABLE_SPVREMAPPER=OFF \
        -D ENABLE_GLSLANG_BINARIES=OFF -D ENABLE_CTEST=OFF
      ;;
    spirv-cross)
      with_cmake "$source" -D SPIRV_CROSS_CLI=OFF -D SPIRV_CROSS_ENABLE_TESTS=OFF -D SPIRV_CROSS_SHARED=OFF \
        -D SPIRV_CROSS_ENABLE_CPP=OFF -D SPIRV_CROSS_ENABLE_HLSL=OFF -D SPIRV_CROSS_ENABLE_MSL=OFF \
        -D SPIRV_CROSS_ENABLE_REFLECT=OFF -D SPIRV_CROSS_ENABLE_UTIL=OFF
      ;;
    # The shared library, which is always built, is not wanted. Where programs for Windows cannot run, CMake 3.25 ends at the
    # question whether zlib's functions are called as Windows's are; /bin/false answers that they are not.
    libarchive)
      with_cmake "$source" -D ENABLE_TEST=OFF -D ENABLE_TAR=OFF -D ENABLE_CPIO=OFF -D ENABLE_CAT=OFF -D ENABLE_OPENSSL=OFF \
        -D ENABLE_LZMA=OFF -D ENABLE_ZSTD=OFF -D ENABLE_BZip2=OFF -D ENABLE_LZ4=OFF -D ENABLE_LZO=OFF -D ENABLE_LIBB2=OFF \
        -D ENABLE_LIBXML2=OFF -D ENABLE_EXPAT=OFF -D ENABLE_PCREPOSIX=OFF -D ENABLE_ACL=OFF -D ENABLE_XATTR=OFF \
        -D ENABLE_ICONV=OFF -D ENABLE_NETTLE=OFF -D ENABLE_INSTALL=ON -D ENABLE_WERROR=OFF \
        -D CMAKE_CROSSCOMPILING_EMULATOR=/bin/false &&
        rm -f "$prefix"/lib/libarchive{.so*,*.dylib,.dll.a} "$prefix"/bin/libarchive.dll &&
        if [[ -e $prefix/lib/libarchive_static.a ]]; then mv "$prefix"/lib/libarchive{_static,}.a; fi  # for Windows
      ;;
    giflib)  # has a Makefile for shared libraries only
      local file
      for file in dgif_lib egif_lib gifalloc gif_err gif_hash openbsd-reallocarray; do
        # shellcheck disable=SC2086
        "$CC" $library_flags -std=gnu99 -c "$source/$file.c" -o "$source/$file.o" || return 1
      done
      "$AR" rcs "$prefix/lib/libgif.a" "$source"/*.o && cp "$source/gif_lib.h" "$prefix/include"
      ;;
    libmd)
      (
        cd "$source" && ./configure --host="$machine" --prefix="$prefix" --libdir="$prefix/lib" --disable-shared \
          --with-pic CC="$CC" AR="$AR" RANLIB="$RANLIB" CFLAGS="$library_flags" &&
          make -j "$library_jobs" -C src install && make -C include install
      )
      ;;
  esac
}

# Builds the libraries of these source packages that are not in the prefix yet.
#   build_libraries RELEASE PACKAGE…      RELEASE: code name of this system
build_libraries() {
  local release=$1 name source
  shift
  if [[ ! -e $work/sources/fetched ]]; then
    say "fetching the sources of the libraries"
    quietly sources fetch_sources "$release" "$release" "$work/sources" "$@"
    touch "$work/sources/fetched"
  fi
  for name in "$@"; do
    [[ ! -e $prefix/built-$name ]] || continue
    say "building $name"
    source=$work/build/$name
    rm -rf "$source" "$source.build"
    quietly "$name-source" dpkg-source --no-check -x "$work/sources/$name"_*.dsc "$source"
    quietly "$name" build_library "$name" "$source"
    touch "$prefix/built-$name"
  done
}
