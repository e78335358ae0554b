# The packages of the stand-in. Functions name all their arguments, so that one it would overlook is an error.
{ system, lib }:
let
  # Host programs with their libraries, which tests/nix/flake has put into the store: { name = hash; }. Being there
  # already, they are never built.
  tools = builtins.mapAttrs (
    name: hash:
    derivation {
      inherit name system;
      builder = "/bin/false";
      outputHashMode = "recursive";
      outputHashAlgo = "sha256";
      outputHash = hash;
    }
  ) (builtins.fromJSON (builtins.readFile ./tools.json));

  inherit (import ./derivations.nix { inherit system lib tools; }) runCommand program;

  # What no test builds.
  absent = name: runCommand name { } "echo '${name} is not in the stand-in for nixpkgs' && exit 1";
  absents = names: lib.genAttrs names absent;

  pkgs = {
    inherit lib runCommand;
    path = ./.;

    callPackage =
      file: given:
      let
        function = import file;
      in
      function (builtins.intersectAttrs (builtins.functionArgs function) pkgs // given);

    stdenv = rec {
      buildPlatform.canExecute = _: true;
      hostPlatform = buildPlatform;
    };

    writeText =
      name: text:
      runCommand name {
        inherit text;
        passAsFile = [ "text" ];
      } "cp $textPath $out";

    writeShellScriptBin =
      name: text:
      runCommand name
        {
          text = "#!${tools.bash}/bin/bash\n${text}\n";
          passAsFile = [ "text" ];
          meta.mainProgram = name;
        }
        ''
          mkdir -p $out/bin
          cp $textPath $out/bin/${name}
          chmod 755 $out/bin/${name}
          bash -n $out/bin/${name}
        '';

    mkShell =
      { packages }:
      runCommand "shell" { nativeBuildInputs = packages; } "touch $out";

    # The program is the one that cargo has built, and what cargo would check is not checked.
    rustPlatform.buildRustPackage =
      {
        pname,
        version,
        src,
        cargoLock,
        doCheck ? true,
        buildType ? "release",
        nativeBuildInputs ? [ ],
        nativeCheckInputs ? [ ],
        buildPhase ? "",
        installPhase ? "",
        postInstall ? "",
        meta ? { },
      }:
      assert builtins.pathExists cargoLock.lockFile;
      if pname == "tinderbox" then
        program tools.tinderbox pname {
          inherit
            version
            src
            nativeBuildInputs
            postInstall
            meta
            ;
        }
      else
        # They must be there, if not in the stand-in.
        assert builtins.all (package: package ? drvPath) (nativeBuildInputs ++ nativeCheckInputs);
        runCommand "${pname}-${version}" {
          inherit src;
        } "echo '${pname}: not run, as the stand-in for nixpkgs has no cargo'; ${installPhase}";

    buildGoModule =
      {
        pname,
        version,
        src,
        vendorHash,
        subPackages,
        env,
        ldflags,
        postInstall,
        meta,
      }:
      program tools.ct pname {
        inherit version meta;
        src = builtins.toJSON src;
        nativeBuildInputs = [ ];
        # It is called so already.
        postInstall = "";
      };

    fetchFromGitHub =
      {
        owner,
        repo,
        rev,
        hash,
      }@source:
      source;

    installShellFiles = runCommand "install-shell-files" { } ''
      mkdir -p $out/bin
      cd $out/bin
      cp ${./install-man-page.sh} installManPage
      cp ${./install-shell-completion.sh} installShellCompletion
      chmod 755 *
    '';

    python3.withPackages =
      f:
      builtins.head (f {
        pyyaml = absent "pyyaml";
      });

    inherit (tools)
      butane
      shellcheck
      xorriso
      openssl
      ;
    nixfmt-tree = tools.nixfmt // {
      meta.mainProgram = "nixfmt";
    };
    inherit (tools) nixfmt;
  }
  // absents [
    "cargo"
    "cdrkit"
    "clippy"
    "file"
    "rust-analyzer"
    "rustc"
    "rustfmt"
  ];
in
pkgs
