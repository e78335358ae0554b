# Derivations as stdenv makes them, as far as the flake makes use of that.
{
  system,
  lib,
  tools,
}:
let
  base = [
    tools.base
    tools.bash
  ];

  mkDerivation =
    {
      name,
      buildCommand,
      nativeBuildInputs ? [ ],
      meta ? { },
      ...
    }@arguments:
    derivation (
      removeAttrs arguments [
        "buildCommand"
        "nativeBuildInputs"
        "meta"
      ]
      // {
        inherit system;
        builder = "${tools.bash}/bin/bash";
        args = [
          "-eo"
          "pipefail"
          "-c"
          # The shell stays: Nix kills a builder that closes its output before it ends, as those of coreutils do.
          "${buildCommand}\n:"
        ];
        PATH = lib.makeBinPath (nativeBuildInputs ++ base);
        # As stdenv has it.
        SOURCE_DATE_EPOCH = "315532800";
      }
    )
    // {
      inherit name meta;
    };

  runCommand =
    name: arguments: buildCommand:
    mkDerivation (arguments // { inherit name buildCommand; });

  # NAME, made by WHAT somewhere else.
  program =
    what: name:
    {
      version,
      src,
      nativeBuildInputs,
      postInstall,
      meta,
    }:
    mkDerivation {
      name = "${name}-${version}";
      inherit src nativeBuildInputs meta;
      buildCommand = ''
        mkdir -p $out/bin
        printf '#!/bin/sh\nexec ${what}/bin/${name} "$@"\n' >$out/bin/${name}
        chmod 755 $out/bin/${name}
        ${postInstall}
      '';
    }
    // {
      inherit version src;
    };
in
{
  inherit runCommand program;
}
