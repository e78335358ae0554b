# `lib.mkCluster { modules = [ ./cluster.nix ]; }`: a description -> what a flake of one's own shows of it:
#   config, json                                the evaluated options, and the text of the cluster.json
#   packages, legacyPackages, checks, apps      as the outputs of these names, for every system
# `root` is what is cut off the front of file names in messages (see cluster.nix).
{ lib, eachSystem }:
arguments:
let
  cluster = import ./cluster.nix { inherit lib; } arguments;
  each = output: eachSystem (part: (part.forCluster cluster).${output});
in
{
  inherit (cluster) config json;
  packages = each "packages";
  legacyPackages = each "legacyPackages";
  checks = each "checks";
  apps = each "apps";
}
