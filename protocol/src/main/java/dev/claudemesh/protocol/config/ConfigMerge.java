package dev.claudemesh.protocol.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.claudemesh.protocol.crypto.MeshKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// What comes of putting a saved config into the one that is there: nothing that opens something is
/// lost. Pure.
///
/// @param config both together
/// @param meshes what became of each membership that was saved
public record ConfigMerge(Config config, List<Outcome> meshes) {

  /// What became of a membership that was saved.
  public enum Fate {
    /// It was not there, and is now.
    @JsonProperty("added")
    ADDED,
    /// One of its mesh was there and stayed.
    @JsonProperty("kept")
    KEPT,
    /// One of its mesh was there and gave way to it.
    @JsonProperty("replaced")
    REPLACED
  }

  /// @param membership as it was saved
  /// @param newKeys how many mesh keys came that were not there
  /// @param otherKey whether the membership that was there has another member key
  public record Outcome(Membership membership, Fate fate, int newKeys, boolean otherKey) {}

  public ConfigMerge {
    meshes = List.copyOf(meshes);
  }

  /// Memberships and settings that are there stay, unless they are to be replaced; mesh keys are
  /// only ever added.
  public static ConfigMerge of(Config now, Config saved, boolean replace) {
    Config merged = now;
    List<Outcome> outcomes = new ArrayList<>();
    for (Membership membership : saved.memberships()) {
      Outcome outcome = outcome(now, membership, replace);
      outcomes.add(outcome);
      List<MeshKey> keys = now.byId(membership.meshId()).map(Membership::keys).orElse(List.of());
      if (outcome.fate() == Fate.KEPT) {
        keys = membership.keys();
      } else {
        merged = merged.withEntryOf(membership.meshId(), saved);
      }
      for (MeshKey key : keys) {
        merged = merged.withKey(membership.meshId(), key);
      }
    }
    for (Map.Entry<String, JsonNode> setting : saved.settings().entrySet()) {
      if (replace || now.value(setting.getKey()).isEmpty()) {
        merged = merged.withSetting(setting.getKey(), setting.getValue().deepCopy());
      }
    }
    return new ConfigMerge(merged, outcomes);
  }

  private static Outcome outcome(Config now, Membership saved, boolean replace) {
    return now.byId(saved.meshId())
        .map(there ->
            new Outcome(
                saved,
                replace ? Fate.REPLACED : Fate.KEPT,
                (int)
                    saved.keys().stream()
                        .filter(key ->
                            there.keys().stream().noneMatch(own -> own.epoch() == key.epoch()))
                        .count(),
                !there.key().equals(saved.key())))
        .orElseGet(() -> new Outcome(saved, Fate.ADDED, saved.keys().size(), false));
  }
}
