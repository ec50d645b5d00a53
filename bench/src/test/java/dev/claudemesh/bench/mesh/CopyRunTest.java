package dev.claudemesh.bench.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.bench.load.Result;
import dev.claudemesh.bench.load.TempFolder;
import dev.claudemesh.bench.load.Workload;
import dev.claudemesh.bench.load.Workload.Kind;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CopyRunTest {
  @Test
  void the_rows_of_the_bare_copy_are_rows_that_the_broker_s_tables_take() throws Exception {
    Workload work = new Workload(Kind.DIRECT, 10, 10, 50, 0, 1_100, 8);
    try (TempFolder folder = TempFolder.in(Path.of(System.getProperty("java.io.tmpdir")))) {
      Result result = new CopyRun(work, 64).measure(folder.path());

      assertThat(result.figures()).containsEntry("messages", 500L);
      assertThat((double) result.figures().get("rows_per_s")).isPositive();
    }
  }
}
