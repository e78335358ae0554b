# The checks of this repository. Those by cargo are what tests/all runs too.
{
  lib,
  # pkgs/build-support/trivial-builders/default.nix
  runCommand,
  writeText,
  # pkgs/build-support/rust/build-rust-package/default.nix; its hooks leave a buildPhase and an installPhase that are
  # given as they are: pkgs/build-support/rust/hooks/cargo-build-hook.sh, cargo-install-hook.sh
  rustPlatform,
  # pkgs/development/compilers/rust/{clippy,rustfmt}.nix
  clippy,
  rustfmt,
  # pkgs/development/tools/shellcheck/default.nix
  shellcheck,
  # pkgs/by-name/bu/butane/package.nix
  butane,
  # pkgs/development/libraries/openssl/default.nix
  openssl,
  # pkgs/by-name/xo/xorriso/package.nix
  xorriso,
  # pkgs/by-name/cd/cdrkit/package.nix: isoinfo
  cdrkit,
  # pkgs/by-name/fi/file/package.nix
  file,
  # pkgs/development/interpreters/python/default.nix: withPackages
  python3,
  tinderbox,
  ct,
  source,
  docs,
}:
let
  cargo =
    name: arguments:
    rustPlatform.buildRustPackage (
      {
        pname = "tinderbox-${name}";
        inherit (tinderbox) version;
        src = source.everything;
        cargoLock.lockFile = ../Cargo.lock;
        installPhase = "touch $out";
      }
      // arguments
    );

  # The exports of all examples, as nix/cluster.nix makes them.
  examples = builtins.attrNames (builtins.readDir ../examples);
  export =
    name:
    writeText "${name}.json"
      (import ./cluster.nix { inherit lib; } {
        modules = [ (../examples + "/${name}/cluster.nix") ];
      }).json;

  each =
    name:
    runCommand "check-${name}" {
      nativeBuildInputs = [
        tinderbox
        ct
        butane
        openssl
        xorriso
      ];
      files = map export examples;
    } (builtins.readFile ./builders/make-keys.sh + builtins.readFile (./builders + "/${name}.sh"));
in
{
  tests = cargo "tests" {
    # The debug profile, which the check phase takes over: it finds overflows too.
    buildType = "debug";
    nativeCheckInputs = [
      ct
      butane
      openssl
      xorriso
      cdrkit
      file
      (python3.withPackages (packages: [ packages.pyyaml ]))
    ];
  };

  clippy = cargo "clippy" {
    nativeBuildInputs = [ clippy ];
    buildPhase = "cargo clippy --offline --all-targets -- -D warnings";
    doCheck = false;
  };

  fmt = cargo "fmt" {
    nativeBuildInputs = [ rustfmt ];
    buildPhase = "cargo fmt --check";
    doCheck = false;
  };

  parity = each "parity";
  reproducible = each "reproducible";

  options-doc =
    assert docs.problems == [ ];
    runCommand "check-options-doc" {
      made = writeText "options.md" docs.markdown;
      committed = ../docs/options.md;
    } "diff -u $committed $made && touch $out";

  shellcheck = runCommand "check-shellcheck" {
    nativeBuildInputs = [ shellcheck ];
    src = source.everything;
  } (builtins.readFile ./builders/shellcheck.sh);
}
