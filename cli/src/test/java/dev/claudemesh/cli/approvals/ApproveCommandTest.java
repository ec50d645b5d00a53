package dev.claudemesh.cli.approvals;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.cli.Shell;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.config.Approvers;
import dev.claudemesh.protocol.config.ConfigFolder;
import dev.claudemesh.protocol.config.Membership;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Who may decide for whom, as commands tell it.
class ApproveCommandTest {
  @TempDir private Path temp;

  @Test
  void who_may_decide_is_written_down_here_and_the_broker_does_not_learn_it() throws Exception {
    try (TestBroker broker = TestBroker.start()) {
      Shell ana = new Shell(temp.resolve("ana"), "ana").broker(broker.wsUrl()).at(broker.clock());
      Shell bob = new Shell(temp.resolve("bob"), "bob").broker(broker.wsUrl()).at(broker.clock());
      ana.ok("create", "team");
      String invite = ana.ok("invite", "--json").out();
      bob.ok("join", Wire.mapper().readTree(invite).path("url").stringValue());
      Membership member = membership(ana);
      Approvers approvers = new Approvers(ana.config().getParent(), member.meshId());

      String bobsKey = membership(bob).key().publicKey().hex();
      assertThat(ana.ok("grant", "bob", "approve").err()).contains(bobsKey);
      assertThat(approvers.keys()).containsExactly(membership(bob).key().publicKey());
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(
                      ana.config()
                          .getParent()
                          .resolve("approvers")
                          .resolve(member.meshId() + ".json"))))
          .isEqualTo("rw-------");
      JsonNode bobs = ana.ok("grants", "--json").json().path("grants").path(0);
      assertThat(bobs.path("accepts").toString()).endsWith(",\"approve\"]");
      assertThat(bobs.path("isDefault").asBoolean()).as("nothing was said to the broker").isTrue();

      ana.ok("grant", "bob", "all");
      ana.ok("revoke", "bob", "tools");
      assertThat(approvers.keys()).hasSize(1);
      ana.ok("revoke", "bob", "approve");
      assertThat(approvers.keys()).isEmpty();
      ana.ok("grant", "bob", "all");
      assertThat(approvers.keys()).as("all is not this").isEmpty();
      ana.ok("grant", "bob", "approve");
      ana.ok("block", "bob");
      assertThat(approvers.keys()).isEmpty();

      ana.with("CLAUDECODE", "1");
      assertThat(ana.run("grant", "bob", "approve").exit()).isEqualTo(7);
      assertThat(approvers.keys()).isEmpty();
      assertThat(ana.run("approve", "--list").exit()).isEqualTo(7);

      assertThat(bob.ok("approve", "--list", "--json").json().path("requests")).isEmpty();
      assertThat(bob.run("approve", "0123abcd", "--allow").exit()).isEqualTo(5);
      assertThat(bob.run("approve", "--allow").exit()).isEqualTo(3);
    }
  }

  private static Membership membership(Shell shell) {
    return new ConfigFolder(shell.config().getParent())
        .config(warning -> {})
        .read()
        .memberships()
        .getFirst();
  }
}
