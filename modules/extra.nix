# The escape hatch: whatever tinderbox has no option for, on every node.
{ lib, ... }:
{
  options.cluster.extra = import ./extra-options.nix { inherit lib; };
}
