# The stand-in without flakes, as `import <nixpkgs> { }` has it.
{
  system ? builtins.currentSystem,
}:
((import ./flake.nix).outputs { self = ./.; }).legacyPackages.${system}
