# Evaluates the modules of a cluster: { lib, modules } -> { config, options }.
{ lib, modules }:
lib.evalModules { modules = [ ../modules ] ++ modules; }
