package dev.claudemesh.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JmhTableTest {
  @Test
  void a_result_of_jmh_becomes_a_line_of_the_table() {
    String results =
        """
        [{"benchmark": "dev.claudemesh.bench.jmh.CodecBenchmark.decodeSend", "params": {"body": "825"},
          "primaryMetric": {"score": 12.3456, "scoreError": 0.4}},
         {"benchmark": "dev.claudemesh.bench.jmh.CryptoBenchmark.box",
          "primaryMetric": {"score": 60, "scoreError": "NaN"}}]
        """;

    assertThat(JmhTable.markdown(results).lines())
        .contains(
            "| Codec.decodeSend | body 825 | 12.346 µs | 0.400 µs |",
            "| Crypto.box |  | 60.000 µs |  |");
  }
}
