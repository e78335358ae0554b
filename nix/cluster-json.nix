# What `tinderbox build cluster.nix` evaluates: files with the description -> the text of cluster.json.
{
  lib,
  modules,
  root ? "",
}:
let
  evaluated = import ./eval.nix { inherit lib modules; };
in
builtins.toJSON (
  import ./export.nix {
    inherit lib root;
    inherit (evaluated) config options;
  }
)
