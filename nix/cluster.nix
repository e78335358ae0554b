# Files with a description -> a cluster: { config, options, json }, where `json` is the text of its cluster.json.
{ lib }:
{
  modules,
  # What is cut off the front of file names in messages. By default that is where the first module lies: the source
  # tree it came in, or outside of the Nix store its directory.
  root ? null,
}:
let
  files = builtins.filter builtins.isPath modules;
  file = toString (builtins.head files);
  tree =
    if files == [ ] then null else builtins.match "(.*${builtins.storeDir}/[a-z0-9]{32}-[^/]+)/.*" file;
  guessed =
    if files == [ ] then
      ""
    else if tree != null then
      builtins.head tree
    else
      toString (dirOf file);

  evaluated = import ./eval.nix { inherit lib modules; };

  # Nix has copied them with the rest of the tree.
  top = path: if toString path == guessed then path else top (dirOf path);
  leaked = tree != null && builtins.pathExists (top (builtins.head files) + "/secrets/sa.key");
in
if leaked then
  throw ''
    secrets/sa.key has been copied into the Nix store, where every user of the machine can read it: Nix copies all of a
    flake's directory that is no repository, and of a repository all that is tracked. Consider the key known, delete it,
    `git init` the directory, and keep secrets out of it.
  ''
else
  {
    inherit (evaluated) config options;
    json = builtins.toJSON (
      import ./export.nix {
        inherit lib;
        inherit (evaluated) config options;
        root = if root == null then guessed else root;
      }
    );
  }
