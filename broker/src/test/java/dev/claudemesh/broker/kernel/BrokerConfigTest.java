package dev.claudemesh.broker.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerConfigTest {
  @TempDir Path data;

  @Test
  void a_broker_told_nothing_listens_on_loopback_and_lets_anyone_make_a_mesh() {
    BrokerConfig config = BrokerConfig.read(Map.of("HOME", "/home/ada", "PATH", "/bin"), Map.of());

    assertThat(config.host()).isEqualTo("127.0.0.1");
    assertThat(config.port()).isEqualTo(7900);
    assertThat(config.data()).isEqualTo(Path.of("/home/ada/.claudemesh/broker"));
    assertThat(config.meshCreation()).isEqualTo(MeshCreation.OPEN);
    assertThat(config.compat()).isFalse();
    assertThat(config.limits()).isEqualTo(LimitsConfig.DEFAULTS);
  }

  @Test
  void elsewhere_than_on_loopback_making_a_mesh_needs_a_token() {
    assertThat(BrokerConfig.read(Map.of("BROKER_HOST", "0.0.0.0"), Map.of()).meshCreation())
        .isEqualTo(MeshCreation.TOKEN);
    assertThat(
            BrokerConfig.read(
                    Map.of("BROKER_HOST", "0.0.0.0", "BROKER_MESH_CREATION", "closed"), Map.of())
                .meshCreation())
        .isEqualTo(MeshCreation.CLOSED);
  }

  @Test
  void a_flag_beats_the_environment_which_beats_the_file_which_beats_the_default()
      throws IOException {
    Files.writeString(
        data.resolve("broker.properties"),
        "BROKER_PORT=1001\nMAX_HOPS=7\nPING_INTERVAL_SECONDS=11\n");
    Map<String, String> environment =
        Map.of("CLAUDEMESH_DATA", data.toString(), "BROKER_PORT", "1002", "MAX_HOPS", "8");

    BrokerConfig config = BrokerConfig.read(environment, Map.of("BROKER_PORT", "1003"));

    assertThat(config.port()).isEqualTo(1003);
    assertThat(config.limits().rates().maxHops()).isEqualTo(8);
    assertThat(config.limits().timing().pingInterval()).isEqualTo(Duration.ofSeconds(11));
    assertThat(config.found())
        .contains(
            new BrokerConfig.Found("BROKER_PORT", "1003", "flag"),
            new BrokerConfig.Found("MAX_HOPS", "8", "environment"),
            new BrokerConfig.Found("PING_INTERVAL_SECONDS", "11", "file"),
            new BrokerConfig.Found("MESSAGE_TTL_DAYS", "7", "default"));
  }

  @Test
  void all_mistakes_are_told_at_once() throws IOException {
    Files.writeString(
        data.resolve("broker.properties"),
        "BROKER_PROT=1\nCLAUDEMESH_DATA=/elsewhere\nMAX_HOPS=0\n");
    Map<String, String> environment =
        Map.of(
            "CLAUDEMESH_DATA", data.toString(),
            "BROKER_HOTS", "localhost",
            "BROKER_PORT", "70000",
            "BROKER_COMPAT", "maybe",
            "BROKER_MESH_CREATION", "sometimes",
            "BROKER_PUBLIC_URL", "mesh.example.org",
            "PONG_TIMEOUT_SECONDS", "20");

    ConfigException failure =
        catchThrowableOfType(
            ConfigException.class,
            () -> BrokerConfig.read(environment, Map.of("SEND_BURST", "many")));

    assertThat(failure.mistakes())
        .hasSize(10)
        .anySatisfy(mistake ->
            assertThat(mistake).contains("BROKER_HOTS").contains("did you mean BROKER_HOST?"))
        .anySatisfy(mistake ->
            assertThat(mistake)
                .contains("BROKER_PORT must be a whole number from 0 to 65535, not \"70000\""))
        .anySatisfy(mistake -> assertThat(mistake).contains("BROKER_COMPAT must be true or false"))
        .anySatisfy(mistake ->
            assertThat(mistake).contains("BROKER_MESH_CREATION must be one of open, token, closed"))
        .anySatisfy(mistake ->
            assertThat(mistake)
                .contains(
                    "BROKER_PUBLIC_URL must be an address that begins with http:// or https://"))
        .anySatisfy(mistake ->
            assertThat(mistake)
                .contains("PONG_TIMEOUT_SECONDS must be more than PING_INTERVAL_SECONDS"))
        .anySatisfy(mistake -> assertThat(mistake).contains("SEND_BURST").contains("(flag)"))
        .anySatisfy(
            mistake -> assertThat(mistake).contains("BROKER_PROT").contains("broker.properties"))
        .anySatisfy(mistake -> assertThat(mistake).contains("CLAUDEMESH_DATA tells where"))
        .anySatisfy(mistake -> assertThat(mistake).contains("MAX_HOPS").contains("(file)"));
    assertThat(failure).hasMessageStartingWith("10 settings are wrong:");
  }

  @Test
  void names_of_the_command_line_and_of_rooms_to_come_are_welcome() {
    BrokerConfig.read(
        Map.of(
            "CLAUDEMESH_CONFIG_DIR",
            "/x",
            "CLAUDEMESH_DISPLAY_NAME",
            "Ada",
            "CLAUDEMESH_AOT",
            "off",
            "CLAUDEMESH_LANG",
            "es",
            "CLAUDEMESH_TOOLS",
            "core",
            "QDRANT_URL",
            "http://q",
            "MINIO_ENDPOINT",
            "m",
            "EMAIL_FROM",
            "a@b"),
        Map.of());
  }

  @Test
  void a_secret_is_shown_to_nobody() {
    BrokerConfig config =
        BrokerConfig.read(
            Map.of(
                "DATABASE_URL",
                "postgres://ada:hunter2@db/mesh",
                "BROKER_MESH_CREATION_TOKEN",
                "hunter3"),
            Map.of());

    assertThat(config.found())
        .contains(new BrokerConfig.Found("DATABASE_URL", "***", "environment"));
    assertThat(config.found().toString() + config).doesNotContain("hunter");
    assertThat(config.databaseUrl()).contains("postgres://ada:hunter2@db/mesh");
  }
}
