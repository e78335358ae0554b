# tinderbox with ct, butane, openssl and xorriso, and with nixpkgs' lib to read descriptions; the modules are in the
# program.
{
  lib,
  # pkgs/top-level/stage.nix: where nixpkgs lies
  path,
  # pkgs/build-support/trivial-builders/default.nix
  writeShellScriptBin,
  # pkgs/by-name/bu/butane/package.nix
  butane,
  # pkgs/development/libraries/openssl/default.nix
  openssl,
  # pkgs/by-name/xo/xorriso/package.nix
  xorriso,
  tinderbox,
  ct,
}:
let
  # nixpkgs' lib alone, so that nothing of the rest has to be copied.
  library = lib.fileset.toSource {
    root = path;
    fileset = path + "/lib";
  };
  # lib/strings.nix
  tools = lib.makeBinPath [
    ct
    butane
    openssl
    xorriso
  ];
in
writeShellScriptBin "tinderbox" ''
  export NIXPKGS_LIB="''${NIXPKGS_LIB:-${library}}"
  export PATH="${tools}''${PATH:+:$PATH}"
  exec ${tinderbox}/bin/tinderbox "$@"
''
