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
  first = builtins.head files;
  tree =
    if files == [ ] then
      null
    else
      builtins.match "(.*${builtins.storeDir}/[a-z0-9]{32}-[^/]+)(/.*)?" (toString first);
  guessed =
    if files == [ ] then
      ""
    else if tree != null then
      builtins.head tree
    else
      toString (dirOf first);

  evaluated = import ./eval.nix { inherit lib modules; };

  # Nix has copied them with the rest of the tree: private keys that lie where `nix run .#keys` puts them, and media
  # where `nix run .#media` does, beside the description or above it.
  above = path: [ path ] ++ (if toString path == guessed then [ ] else above (dirOf path));
  privateIn =
    directory:
    let
      # The names below it, if it is a directory.
      below =
        name:
        if (builtins.readDir directory).${name} or null == "directory" then
          builtins.attrNames (builtins.readDir (directory + "/${name}"))
        else
          [ ];
      known =
        name: names:
        map (one: "${name}/${one}") (builtins.filter (one: builtins.elem one names) (below name));
    in
    known "secrets" [
      "admin.key"
      "apiserver-etcd-client.key"
      "bootstrap-token"
      "ca.key"
      "encryption.keys"
      "etcd-ca.key"
      "flannel-etcd-client.key"
      "front-proxy-ca.key"
      "nodes"
      "sa.key"
    ]
    ++ known "media" [
      "admin.kubeconfig"
      "bootstrap-token.yaml"
    ];
  private =
    if tree == null then
      [ ]
    else
      builtins.concatMap privateIn (above (if toString first == guessed then first else dirOf first));
  # Whoever wants them in the store has them there.
  leaked = private != [ ] && evaluated.config.cluster.secrets.source != "store";
in
if leaked then
  throw ''
    These have been copied into the Nix store, where every user of the machine can read them:
    ${builtins.concatStringsSep ", " private}
    Nix copies all of a flake's directory that is no repository, and of a repository all that is tracked. Consider the
    keys known: delete them, `git init` the directory, keep secrets and media out of it with .gitignore, and make new
    ones with `nix run .#keys`.
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
