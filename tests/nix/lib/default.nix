# A stand-in for nixpkgs' `lib` where nixpkgs cannot be had: just the functions that modules/ use, behaving as nixpkgs'
# manual says. What it lacks is an error and never passes in silence. The same tests run on the real one with
# NIXPKGS_LIB=CHECKOUT, and both must give the same.
let
  properties = import ./properties.nix;
  messages = import ./messages.nix;

  definitions = import ./definitions.nix { inherit properties messages; };
  types = import ./types.nix { inherit definitions messages evalModules; };
  evalModules = import ./modules.nix {
    inherit
      lib
      properties
      messages
      definitions
      types
      ;
  };

  lib = {
    inherit evalModules types;

    inherit (properties)
      mkIf
      mkMerge
      mkOverride
      mkOptionDefault
      mkDefault
      mkForce
      mkOrder
      mkBefore
      mkAfter
      ;

    # The arguments are spelt out so that one which the stand-in ignores (such as `apply`) is an error.
    mkOption =
      {
        type ? null,
        default ? null,
        defaultText ? null,
        example ? null,
        description ? null,
      }@option:
      option // { _type = "option"; };

    literalExpression = text: {
      _type = "literalExpression";
      inherit text;
    };
  };
in
lib
