package dev.claudemesh.protocol.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.MeshKey;
import dev.claudemesh.protocol.crypto.SecretKey;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  @TempDir Path temp;
  private final List<String> warnings = new ArrayList<>();
  private Path folder;
  private ConfigFile file;

  @BeforeEach
  void aFolderThatIsNotThereYet() {
    folder = temp.resolve("claudemesh");
    file = new ConfigFile(folder, warnings::add);
  }

  @Test
  void a_file_that_is_not_there_has_no_meshes() {
    assertThat(file.read().memberships()).isEmpty();
    assertThat(folder).doesNotExist();
  }

  @Test
  void a_file_of_the_first_client_is_read_as_it_is_and_its_root_key_is_epoch_1()
      throws IOException {
    SecretKey key = Keys.generate();
    MeshKey root = MeshKey.generate(1);
    write(oldFile(key, root));

    Membership mesh = file.read().mesh("platform");

    assertThat(mesh.key()).isEqualTo(key);
    assertThat(mesh.keys()).containsExactly(root);
    assertThat(mesh.brokerUrl()).isEqualTo(URI.create("ws://127.0.0.1:7900/ws"));
    assertThat(mesh.joinedAt()).isEqualTo(Instant.parse("2026-04-15T10:00:00.123Z"));
    assertThat(file.read().setting("displayName")).contains("Ana");
  }

  @Test
  void a_change_keeps_every_field_it_does_not_know_and_the_form_of_the_file() throws IOException {
    String before = oldFile(Keys.generate(), MeshKey.generate(1));
    write(before);
    Membership mesh = file.read().mesh("platform");

    file.update(config -> config.with(mesh.renamed("infra", "Infra")));

    assertThat(Files.readString(file.path()))
        .isEqualTo(
            before
                .replace("\"slug\": \"platform\"", "\"slug\": \"infra\"")
                .replace("\"name\": \"Platform\"", "\"name\": \"Infra\""));
  }

  @Test
  void the_file_and_its_folder_are_for_their_owner_only() throws IOException {
    file.update(config -> config.with(membership("a")));

    assertThat(mode(folder)).isEqualTo("rwx------");
    assertThat(mode(file.path())).isEqualTo("rw-------");
    assertThat(warnings).isEmpty();
  }

  @Test
  void a_file_that_others_can_read_is_closed_with_a_warning() throws IOException {
    file.update(config -> config.with(membership("a")));
    Files.setPosixFilePermissions(file.path(), PosixFilePermissions.fromString("rw-r--r--"));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));

    assertThat(file.read().memberships()).hasSize(1);

    assertThat(mode(file.path())).isEqualTo("rw-------");
    assertThat(mode(folder)).isEqualTo("rwx------");
    assertThat(warnings)
        .hasSize(2)
        .anySatisfy(warning -> assertThat(warning).contains("config.json", "rw-r--r--"));
  }

  @Test
  void bad_json_is_an_error_that_shows_no_contents_and_changes_nothing() throws IOException {
    String broken = "{\"meshes\": [ {\"secretKey\": secret-of-mine } ]}";
    write(broken);

    assertThatThrownBy(() -> file.update(config -> config.with(membership("a"))))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> {
              assertThat(problem.code()).isEqualTo(ProblemCode.INVALID);
              assertThat(problem)
                  .hasMessageContaining("line 1")
                  .hasMessageContaining("Nothing was changed")
                  .hasMessageNotContaining("secret-of");
            });
    assertThat(Files.readString(file.path())).isEqualTo(broken);
  }

  @Test
  void an_entry_that_is_not_usable_is_reported_and_kept_while_the_others_work() throws IOException {
    write(
        "{\"version\": 1, \"meshes\": [{\"slug\": \"old\", \"meshId\": \"m\", \"memberId\": \"x\","
            + " \"secretKey\": \"short\"}]}");

    Config config = file.update(before -> before.with(membership("a")));

    assertThat(config.memberships()).extracting(Membership::slug).containsExactly("a");
    assertThat(config.faults())
        .containsExactly(
            "the entry of mesh \"old\" is not usable: secretKey is not 128 hex characters");
    assertThat(Files.readString(file.path())).contains("\"slug\": \"old\"");
  }

  @Test
  void a_key_that_does_not_belong_to_its_secret_is_a_fault() throws IOException {
    write(
        oldFile(Keys.generate(), MeshKey.generate(1))
            .replaceFirst(
                "\"pubkey\": \"[0-9a-f]{64}\"", "\"pubkey\": \"" + "0".repeat(64) + "\""));

    assertThat(file.read().faults())
        .singleElement()
        .asString()
        .contains("pubkey does not belong to secretKey");
  }

  @Test
  void mesh_keys_are_only_ever_added_and_the_first_of_an_epoch_stays() {
    MeshKey first = MeshKey.generate(1);
    MeshKey second = MeshKey.generate(2);
    file.update(config -> config.with(membership("a").withKey(first)));

    file.update(
        config -> config.withKey("id-of-a", MeshKey.generate(1)).withKey("id-of-a", second));
    file.update(config -> config.with(membership("a")));

    assertThat(file.read().mesh("a").keys()).containsExactly(first, second);
  }

  @Test
  void twenty_writers_at_once_lose_nothing() throws Exception {
    CountDownLatch start = new CountDownLatch(1);
    try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Config>> done =
          IntStream.range(0, 20)
              .mapToObj(i ->
                  writers.submit(() -> {
                    start.await();
                    return new ConfigFile(folder, warnings::add)
                        .update(config -> config.with(membership("mesh" + i)));
                  }))
              .toList();
      start.countDown();
      for (Future<Config> future : done) {
        future.get();
      }
    }
    assertThat(file.read().memberships()).hasSize(20);
  }

  @Test
  void a_mesh_is_found_by_slug_name_or_id_and_otherwise_the_meshes_are_listed() {
    file.update(config -> config.with(membership("alpha")).with(membership("beta")));
    Config config = file.read();

    assertThat(config.mesh("ALPHA").meshId()).isEqualTo("id-of-alpha");
    assertThat(config.mesh("Mesh beta").slug()).isEqualTo("beta");
    assertThat(config.mesh("id-of-beta").slug()).isEqualTo("beta");
    assertThatThrownBy(() -> config.mesh("gamma")).hasMessageContaining("alpha, beta");
  }

  @Test
  void two_meshes_of_one_name_have_to_be_named_by_id() {
    Config config = Config.empty().with(membership("team")).with(membership("team", "other-id"));

    assertThatThrownBy(() -> config.mesh("team")).hasMessageContaining("id-of-team, other-id");
    assertThat(config.mesh("other-id").meshId()).isEqualTo("other-id");
  }

  @Test
  void a_session_keeps_its_key_and_the_file_is_private() throws IOException {
    SessionKeys keys = new ConfigFolder(folder).sessionKeys();

    SecretKey key = keys.of("0b0c7f9a-1111-4222-8333-444455556666", NOON);

    assertThat(keys.of("0b0c7f9a-1111-4222-8333-444455556666", NOON)).isEqualTo(key);
    assertThat(keys.of("another", NOON)).isNotEqualTo(key);
    assertThat(mode(folder.resolve("sessions").resolve("another.key"))).isEqualTo("rw-------");
    assertThatThrownBy(() -> keys.of("../config", NOON)).hasMessageContaining("session id");
  }

  @Test
  void a_session_that_goes_on_under_another_id_keeps_its_key_unless_that_one_has_its_own() {
    SessionKeys keys = new ConfigFolder(folder).sessionKeys();
    keys.of("first", NOON);
    keys.of("another", NOON);

    keys.goesOn("cleared", "first");
    keys.goesOn("cleared-again", "cleared");
    keys.goesOn("another", "first");

    assertThat(keys.peer("cleared")).isEqualTo("first");
    assertThat(keys.peer("cleared-again")).isEqualTo("first");
    assertThat(keys.peer("another")).isEqualTo("another");
    assertThat(keys.peer("first")).isEqualTo("first");
  }

  @Test
  void the_key_of_a_session_that_was_not_used_for_months_is_removed() {
    SessionKeys keys = new ConfigFolder(folder).sessionKeys();
    keys.of("old", NOON);
    keys.of("old", NOON.minus(SessionKeys.KEPT).minusSeconds(1));

    keys.of("new", NOON);

    assertThat(keys.has("old")).isFalse();
    assertThat(keys.has("new")).isTrue();
  }

  @Test
  void what_was_used_last_is_remembered_and_a_broken_note_of_it_is_none() throws IOException {
    LastUsed.File note = new ConfigFolder(folder).lastUsed();
    LastUsed used = new LastUsed("platform", Optional.of("Ana"), Optional.empty(), NOON);

    note.write(used);
    assertThat(note.read()).contains(used);

    Files.writeString(note.path(), "{");
    assertThat(note.read()).isEmpty();
  }

  private void write(String text) throws IOException {
    PrivateFiles.write(file.path(), text);
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static Membership membership(String slug) {
    return membership(slug, "id-of-" + slug);
  }

  private static Membership membership(String slug, String id) {
    return new Membership(
        id,
        "member",
        slug,
        "Mesh " + slug,
        Keys.generate(),
        URI.create("ws://127.0.0.1:7900/ws"),
        NOON,
        Optional.empty(),
        List.of());
  }

  private static String oldFile(SecretKey key, MeshKey root) {
    return """
    {
      "version": 1,
      "meshes": [
        {
          "meshId": "mesh-1",
          "memberId": "member-1",
          "slug": "platform",
          "name": "Platform",
          "pubkey": "%s",
          "secretKey": "%s",
          "brokerUrl": "ws://127.0.0.1:7900/ws",
          "joinedAt": "2026-04-15T10:00:00.123Z",
          "rootKey": "%s",
          "inviteVersion": 1,
          "colour": {
            "of": "ours",
            "weight": 1.50,
            "tags": [
              "a",
              "b"
            ],
            "none": [],
            "nothing": {}
          }
        }
      ],
      "displayName": "Ana",
      "groups": [
        {
          "name": "backend",
          "role": "lead"
        }
      ],
      "messageMode": "push"
    }
    """
        .formatted(key.publicKey().hex(), key.exposeHex(), root.exposeBase64Url());
  }
}
