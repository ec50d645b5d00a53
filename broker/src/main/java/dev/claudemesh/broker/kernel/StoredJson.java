package dev.claudemesh.broker.kernel;

import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.connection.GroupRole;
import dev.claudemesh.protocol.presence.PresenceReply.Profile;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.type.TypeReference;

/// What peers and members have in JSON columns, written as on the wire.
public final class StoredJson {
  private static final TypeReference<List<GroupRole>> GROUPS = new TypeReference<>() {};
  private static final TypeReference<Map<String, Long>> COUNTERS = new TypeReference<>() {};

  private static final TypeReference<Set<String>> CAPABILITIES = new TypeReference<>() {};
  private static final TypeReference<Map<String, Set<String>>> GRANTS = new TypeReference<>() {};

  private StoredJson() {}

  public static String of(Object value) {
    return Wire.mapper().writeValueAsString(value);
  }

  public static List<GroupRole> groups(String json) {
    return Wire.mapper().readValue(json, GROUPS);
  }

  public static Profile profile(String json) {
    return Wire.mapper().readValue(json, Profile.class);
  }

  public static Map<String, Long> counters(String json) {
    return Wire.mapper().readValue(json, COUNTERS);
  }

  /// What a member lets one other do.
  public static Set<String> capabilities(String json) {
    return Wire.mapper().readValue(json, CAPABILITIES);
  }

  /// What a member lets others do.
  public static Grants grants(String json) {
    return json.equals("{}") ? Grants.DEFAULT : new Grants(Wire.mapper().readValue(json, GRANTS));
  }
}
