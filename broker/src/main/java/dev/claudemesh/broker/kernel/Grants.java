package dev.claudemesh.broker.kernel;

import java.util.Map;
import java.util.Set;

/// What one member lets others do, by the other's member key: the wire names of {@link Grant}. Who
/// has no entry has the default set; an empty entry blocks.
public record Grants(Map<String, Set<String>> byKey) {
  /// Nothing was said of anybody.
  public static final Grants DEFAULT = new Grants(Map.of());

  public boolean allow(String memberKey, Grant grant) {
    Set<String> said = byKey.get(memberKey);
    return said == null ? grant.byDefault() : said.contains(grant.wireName());
  }

  /// Whether it is withheld from somebody of whom something was said.
  public boolean anyoneLacks(Grant grant) {
    return byKey.values().stream().anyMatch(said -> !said.contains(grant.wireName()));
  }
}
