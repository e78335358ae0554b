# What the flake offers, without flakes: `nix-build -A config-iso`, `nix-env -f . -iA tinderbox`, and
# `(import ./. { }).mkCluster { modules = [ ./cluster.nix ]; }` with the same attributes for a cluster of your own.
# The nixpkgs is the one in flake.lock, or yours: `--arg pkgs 'import <nixpkgs> { }'`.
{
  pkgs ?
    let
      pin = (builtins.fromJSON (builtins.readFile ./flake.lock)).nodes.nixpkgs.locked;
    in
    import (fetchTarball {
      inherit (pin) url;
      sha256 = pin.narHash;
    }) { },
}:
let
  parts = import ./nix/parts.nix { inherit pkgs; };
  mkCluster =
    arguments:
    let
      cluster = import ./nix/cluster.nix { inherit (pkgs) lib; } arguments;
      outputs = parts.forCluster cluster;
    in
    outputs.packages
    // outputs.legacyPackages
    // {
      inherit (cluster) config json;
      inherit (outputs) apps checks;
    };
in
removeAttrs (mkCluster { modules = [ ./examples/article/cluster.nix ]; }) [
  "apps"
  "checks"
  "config"
  "json"
]
// parts.packages
// {
  inherit mkCluster;
}
