# All that the flake makes with the packages of one system. Every attribute and argument of nixpkgs that is used below
# has the file of nixpkgs named beside it where it is used.
{ pkgs }:
let
  # lib/customisation.nix
  inherit (pkgs) lib callPackage;

  source = import ./source.nix { inherit lib; };
  docs = import ./docs.nix { inherit lib; };

  tinderbox = callPackage ./tinderbox.nix { inherit source; };
  ct = callPackage ./ct.nix { };
  # pkgs/build-support/trivial-builders/default.nix
  options-doc = pkgs.writeText "options.md" docs.markdown;

  forCluster = callPackage ./for-cluster.nix { inherit tinderbox ct program; };

  # tinderbox as people run it: with the other makers, and with nixpkgs' lib to read descriptions.
  program = callPackage ./program.nix { inherit tinderbox ct; };
in
{
  inherit forCluster;

  packages = {
    default = tinderbox;
    inherit tinderbox ct options-doc;
  };

  apps.default = {
    type = "app";
    program = "${program}/bin/tinderbox";
    meta.description = "tinderbox, with all it can make use of";
  };

  checks = callPackage ./checks.nix {
    inherit
      tinderbox
      ct
      source
      docs
      ;
  };

  devShell = callPackage ./shell.nix { inherit ct; };

  # pkgs/by-name/ni/nixfmt-tree/package.nix: nixfmt for `nix fmt` without arguments.
  formatter = pkgs.nixfmt-tree;
}
