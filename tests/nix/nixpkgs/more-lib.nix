# What nix/ uses of nixpkgs' lib besides what modules/ do, behaving as nixpkgs' manual says.
let
  inherit (builtins)
    any
    concatLists
    concatStringsSep
    isList
    listToAttrs
    map
    stringLength
    substring
    ;

  startsWith = start: text: substring 0 (stringLength start) text == start;
  paths = set: if isList set then concatLists (map paths set) else [ (toString set) ];
in
{
  genAttrs =
    names: f:
    listToAttrs (
      map (name: {
        inherit name;
        value = f name;
      }) names
    );
  concatMapStrings = f: list: concatStringsSep "" (map f list);
  makeBinPath =
    packages: concatStringsSep ":" (map (package: "${package.bin or package}/bin") packages);
  optionalAttrs = condition: set: if condition then set else { };
  optionalString = condition: text: if condition then text else "";
  optionals = condition: list: if condition then list else [ ];

  # Sets of files are lists of paths here.
  fileset = {
    unions = list: list;
    toSource =
      { root, fileset }:
      let
        wanted = paths fileset;
      in
      builtins.path {
        name = "source";
        path = root;
        filter =
          path: type:
          any (want: path == want || startsWith "${want}/" path || startsWith "${path}/" want) wanted;
      };
  };

  licenses = {
    mit.spdxId = "MIT";
    asl20.spdxId = "Apache-2.0";
  };
}
