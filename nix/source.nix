# What goes into builds, as sources that change only with what is in them. `lib.fileset`: lib/fileset/default.nix
{ lib }:
let
  inherit (lib.fileset) toSource unions;

  # All that cargo needs for the program. Neither documentation nor tests: a change there builds nothing anew.
  program = [
    ../Cargo.toml
    ../Cargo.lock
    ../src
    # Cargo.toml names what is in it.
    ../benches
    ../modules
    ../nix/cluster-json.nix
    ../nix/eval.nix
    ../nix/export.nix
  ];
in
{
  program = toSource {
    root = ../.;
    fileset = unions program;
  };

  # What the tests, the lints and the formatters read besides. Listed, so that no `secrets` gets in.
  everything = toSource {
    root = ../.;
    fileset = unions (
      program
      ++ [
        ../.ci
        ../README.md
        ../clippy.toml
        ../docs
        ../examples
        ../fuzz
        ../nix
        ../rustfmt.toml
        ../tests
      ]
    );
  };
}
