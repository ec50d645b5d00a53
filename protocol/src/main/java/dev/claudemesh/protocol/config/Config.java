package dev.claudemesh.protocol.config;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.crypto.MeshKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What `config.json` holds. Immutable; each change is a new config that keeps every field it does
/// not know.
public final class Config {
  private static final ObjectReader READER =
      Wire.mapper().reader().with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
  private static final ObjectWriter WRITER =
      Wire.mapper().writer().with(SerializationFeature.INDENT_OUTPUT).with(TwoSpaces.PRINTER);

  private final ObjectNode root;

  private Config(ObjectNode root) {
    this.root = root;
  }

  /// What a file that is not there counts as.
  public static Config empty() {
    ObjectNode root = Wire.mapper().createObjectNode();
    root.put("version", 1);
    root.putArray("meshes");
    return new Config(root);
  }

  /// Reads the text of a file. A JSON value that is no config counts as an empty one, as it always
  /// did.
  ///
  /// @param where the file, for the message
  /// @throws Problem `invalid` with the place of the mistake and nothing of the contents
  public static Config parse(String text, String where) {
    try {
      return READER.readTree(text) instanceof ObjectNode object ? new Config(object) : empty();
    } catch (JacksonException e) {
      String place =
          e.getLocation() == null
              ? ""
              : " (line "
                  + e.getLocation().getLineNr()
                  + ", column "
                  + e.getLocation().getColumnNr()
                  + ")";
      throw new Problem(
          ProblemCode.INVALID,
          where
              + " is not valid JSON"
              + place
              + ". Nothing was changed. Mend the file, or move it away and join your meshes"
              + " again.");
    }
  }

  /// The text of the file: two blanks a level, one newline at the end.
  public String text() {
    return WRITER.writeValueAsString(root).replace("\r\n", "\n") + "\n";
  }

  /// The meshes that were joined, in the order of the file. Entries that cannot be read are in
  /// {@link #faults} instead.
  public List<Membership> memberships() {
    List<Membership> memberships = new ArrayList<>();
    entries().forEach(entry -> read(entry, memberships::add, fault -> {}));
    return memberships;
  }

  /// What is wrong with entries that cannot be read, for people.
  public List<String> faults() {
    List<String> faults = new ArrayList<>();
    entries().forEach(entry -> read(entry, membership -> {}, faults::add));
    return faults;
  }

  /// The one mesh that is called this.
  ///
  /// @throws Problem `not_found` listing what there is, or `invalid_argument` if several are called
  ///   so
  public Membership mesh(String called) {
    List<Membership> all = memberships();
    List<Membership> found =
        all.stream()
            .filter(mesh -> mesh.meshId().equals(called) || mesh.slug().equals(called))
            .toList();
    if (found.isEmpty()) {
      found = all.stream().filter(mesh -> mesh.isCalled(called)).toList();
    }
    if (found.isEmpty()) {
      throw new Problem(
          ProblemCode.NOT_FOUND,
          "You have not joined a mesh \""
              + called
              + "\""
              + (all.isEmpty() ? ", nor any other" : "; you are in " + slugs(all)));
    }
    if (found.size() > 1) {
      String ids = found.stream().map(Membership::meshId).collect(Collectors.joining(", "));
      throw new Problem(
          ProblemCode.INVALID_ARGUMENT,
          "Several of your meshes are called \"" + called + "\"; name one by its id: " + ids);
    }
    return found.getFirst();
  }

  public Optional<Membership> byId(String meshId) {
    return memberships().stream().filter(mesh -> mesh.meshId().equals(meshId)).findFirst();
  }

  /// With a membership added, or changed if its mesh is there already. Mesh keys are only ever
  /// added.
  public Config with(Membership membership) {
    Config copy = copy();
    MembershipJson.write(
        membership, copy.entry(membership.meshId()).orElseGet(() -> copy.meshes().addObject()));
    return copy;
  }

  /// With one more mesh key; unchanged if the mesh is not there, or the epoch has a key.
  public Config withKey(String meshId, MeshKey key) {
    Config copy = copy();
    copy.entry(meshId).ifPresent(entry -> MembershipJson.writeKey(entry, key));
    return copy;
  }

  public Config without(String meshId) {
    Config copy = copy();
    ArrayNode meshes = copy.meshes();
    for (int i = meshes.size() - 1; i >= 0; i--) {
      if (meshId.equals(meshes.get(i).path("meshId").asString(""))) {
        meshes.remove(i);
      }
    }
    return copy;
  }

  /// Only one mesh, as a session of that mesh alone gets it.
  public Config only(String meshId) {
    Config copy = copy();
    ArrayNode meshes = copy.meshes();
    for (int i = meshes.size() - 1; i >= 0; i--) {
      if (!meshId.equals(meshes.get(i).path("meshId").asString(""))) {
        meshes.remove(i);
      }
    }
    return copy;
  }

  /// A setting that is a text, such as `displayName`, `role` or `messageMode`.
  public Optional<String> setting(String name) {
    JsonNode value = root.get(name);
    return value != null && value.isString() && !value.stringValue().isBlank()
        ? Optional.of(value.stringValue())
        : Optional.empty();
  }

  /// A setting of any kind, such as `groups`.
  public Optional<JsonNode> value(String name) {
    return Optional.ofNullable(root.get(name)).map(JsonNode::deepCopy);
  }

  public Config withSetting(String name, JsonNode value) {
    Config copy = copy();
    copy.root.set(name, value);
    return copy;
  }

  /// With the entry of a mesh as it stands in another config, what this version does not know
  /// included.
  Config withEntryOf(String meshId, Config other) {
    Config copy = copy();
    other
        .entry(meshId)
        .ifPresent(entry ->
            copy.entry(meshId)
                .orElseGet(() -> copy.meshes().addObject())
                .removeAll()
                .setAll(entry.deepCopy()));
    return copy;
  }

  /// What it holds besides its meshes, by name.
  Map<String, JsonNode> settings() {
    Map<String, JsonNode> settings = new LinkedHashMap<>();
    root.properties().forEach(setting -> settings.put(setting.getKey(), setting.getValue()));
    settings.remove("version");
    settings.remove("meshes");
    return settings;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Config config && root.equals(config.root);
  }

  @Override
  public int hashCode() {
    return root.hashCode();
  }

  @Override
  public String toString() {
    return "Config" + memberships();
  }

  private static String slugs(List<Membership> meshes) {
    return meshes.stream().map(Membership::slug).collect(Collectors.joining(", "));
  }

  private static void read(JsonNode entry, Consumer<Membership> good, Consumer<String> bad) {
    try {
      good.accept(MembershipJson.read(entry));
    } catch (IllegalArgumentException e) {
      bad.accept(
          "the entry of mesh \""
              + entry.path("slug").asString("?")
              + "\" is not usable: "
              + e.getMessage());
    }
  }

  private List<JsonNode> entries() {
    return root.get("meshes") instanceof ArrayNode array ? array.valueStream().toList() : List.of();
  }

  private Optional<ObjectNode> entry(String meshId) {
    return entries().stream()
        .filter(ObjectNode.class::isInstance)
        .map(ObjectNode.class::cast)
        .filter(entry -> meshId.equals(entry.path("meshId").asString("")))
        .findFirst();
  }

  private ArrayNode meshes() {
    return root.get("meshes") instanceof ArrayNode array ? array : root.putArray("meshes");
  }

  private Config copy() {
    return new Config(root.deepCopy());
  }
}
