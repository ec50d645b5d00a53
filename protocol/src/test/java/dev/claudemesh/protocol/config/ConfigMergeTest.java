package dev.claudemesh.protocol.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.protocol.config.ConfigMerge.Fate;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.MeshKey;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.JsonNodeFactory;

class ConfigMergeTest {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final MeshKey first = MeshKey.generate(1);
  private final MeshKey second = MeshKey.generate(2);

  @Test
  void what_is_not_there_comes_with_what_this_version_does_not_know() {
    Config saved =
        Config.parse(
            Config.empty()
                .with(membership("a").withKey(first))
                .text()
                .replace("\"slug\"", "\"colour\": \"red\", \"slug\""),
            "saved");

    ConfigMerge merge = ConfigMerge.of(Config.empty().with(membership("b")), saved, false);

    assertThat(merge.config().memberships()).extracting(Membership::slug).containsExactly("b", "a");
    assertThat(merge.config().byId("id-of-a")).isEqualTo(saved.byId("id-of-a"));
    assertThat(merge.config().text()).contains("\"colour\": \"red\"");
    assertThat(merge.meshes()).singleElement().matches(one -> one.fate() == Fate.ADDED);
  }

  @Test
  void what_is_there_stays_and_gains_the_mesh_keys_it_lacked() {
    Membership here = membership("a").withKey(second);
    Config saved = Config.empty().with(membership("a").withKey(first).withKey(MeshKey.generate(2)));

    ConfigMerge merge = ConfigMerge.of(Config.empty().with(here), saved, false);

    assertThat(merge.config().mesh("a").key()).isEqualTo(here.key());
    assertThat(merge.config().mesh("a").keys()).containsExactlyInAnyOrder(first, second);
    assertThat(merge.meshes())
        .singleElement()
        .matches(one -> one.fate() == Fate.KEPT && one.newKeys() == 1 && one.otherKey());
  }

  @Test
  void replacing_takes_the_saved_member_and_still_loses_no_mesh_key() {
    Membership then = membership("a").withKey(first);
    Config now = Config.empty().with(membership("a").withKey(MeshKey.generate(1)).withKey(second));

    ConfigMerge merge = ConfigMerge.of(now, Config.empty().with(then), true);

    assertThat(merge.config().mesh("a").key()).isEqualTo(then.key());
    assertThat(merge.config().mesh("a").keys()).containsExactly(first, second);
    assertThat(merge.meshes()).singleElement().matches(one -> one.fate() == Fate.REPLACED);
  }

  @Test
  void settings_come_where_there_are_none_or_where_they_are_to_be_replaced() {
    Config now = Config.empty().withSetting("displayName", JSON.stringNode("Ana"));
    Config saved =
        Config.empty()
            .withSetting("displayName", JSON.stringNode("Anna"))
            .withSetting("role", JSON.stringNode("lead"));

    Config kept = ConfigMerge.of(now, saved, false).config();
    Config replaced = ConfigMerge.of(now, saved, true).config();

    assertThat(kept.setting("displayName")).contains("Ana");
    assertThat(kept.setting("role")).contains("lead");
    assertThat(replaced.setting("displayName")).contains("Anna");
  }

  @Test
  void restoring_twice_changes_nothing_more() {
    Config saved = Config.empty().with(membership("a").withKey(first));
    Config once = ConfigMerge.of(Config.empty(), saved, false).config();

    assertThat(ConfigMerge.of(once, saved, false).config()).isEqualTo(once);
    assertThat(ConfigMerge.of(once, saved, true).config()).isEqualTo(once);
  }

  private static Membership membership(String slug) {
    return new Membership(
        "id-of-" + slug,
        "member",
        slug,
        "Mesh " + slug,
        Keys.generate(),
        URI.create("ws://127.0.0.1:7900/ws"),
        Instant.parse("2026-11-21T12:00:00Z"),
        Optional.empty(),
        List.of());
  }
}
