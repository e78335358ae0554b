# Stands in for nixpkgs where that cannot be had: just what the flake uses, made of programs of this machine.
# tests/nix/flake puts `lib` (tests/nix/lib or nixpkgs' own) and `tools.json` beside it.
{
  outputs =
    { self }:
    let
      given = import ./lib;
      lib = if given ? fileset then given else given // import ./more-lib.nix;
    in
    {
      inherit lib;
      legacyPackages = lib.genAttrs [
        "x86_64-linux"
        "aarch64-linux"
        "x86_64-darwin"
        "aarch64-darwin"
      ] (system: import ./packages.nix { inherit system lib; });
    };
}
