# The properties that may be around a definition (condition, merge, priority, order), and how they are resolved.
# A definition is { file, value }.
with builtins;
let
  property = value: if isAttrs value then value._type or "" else "";

  mkIf = condition: content: {
    _type = "if";
    inherit condition content;
  };
  mkMerge = contents: {
    _type = "merge";
    inherit contents;
  };
  mkOverride = priority: content: {
    _type = "override";
    inherit priority content;
  };
  mkOrder = priority: content: {
    _type = "order";
    inherit priority content;
  };

  # A set of options -> sets without a property around them. It moves to each attribute: which options are set must be
  # known before any condition is, as conditions depend on options.
  pushDown =
    set:
    let
      onEach =
        wrap: map (inner: if isAttrs inner then mapAttrs (_: wrap) inner else inner) (pushDown set.content);
    in
    {
      merge = concatMap pushDown set.contents;
      "if" = onEach (mkIf set.condition);
      override = onEach (mkOverride set.priority);
    }
    .${property set} or [ set ];

  withValue = definition: value: definition // { inherit value; };

  discharge =
    definition:
    let
      inherit (definition) value;
    in
    {
      merge = concatMap (inner: discharge (withValue definition inner)) value.contents;
      "if" = if value.condition then discharge (withValue definition value.content) else [ ];
    }
    .${property value} or [ definition ];

  # A property's number, or what stands for none; and the definition without the property.
  level =
    kind: none: d:
    if property d.value == kind then d.value.priority else none;
  strip = kind: d: if property d.value == kind then withValue d d.value.content else d;

  winners =
    definitions:
    let
      priority = level "override" 100;
      best = foldl' (least: d: if priority d < least then priority d else least) 9999 definitions;
    in
    map (strip "override") (filter (d: priority d == best) definitions);

  inOrder =
    definitions:
    let
      position = level "order" 1000;
    in
    if any (d: property d.value == "order") definitions then
      map (strip "order") (sort (a: b: position a < position b) definitions)
    else
      definitions;
in
{
  inherit
    mkIf
    mkMerge
    mkOverride
    mkOrder
    pushDown
    ;
  mkOptionDefault = mkOverride 1500;
  mkDefault = mkOverride 1000;
  mkForce = mkOverride 50;
  mkBefore = mkOrder 500;
  mkAfter = mkOrder 1500;

  # All definitions of an option -> those that count, in their order.
  resolve = definitions: inOrder (winners (concatMap discharge definitions));
}
