package io.tenantry.contracts;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ResultIdTest {

    /** <a href="https://www.rfc-editor.org/rfc/rfc9562#appendix-A.4">RFC 9562, A.4</a>. */
    @Test
    void makesTheUuidOfTheRfc() {
        UUID dns = UUID.fromString("6ba7b810-9dad-11d1-80b4-00c04fd430c8");
        assertThat(ResultId.uuid5(dns, "www.example.com")).hasToString("2ed6657d-e927-568b-95e1-2665a8aea6a2");
    }

    @Test
    void isTheSameForEver() {
        assertThat(ResultId.NAMESPACE).hasToString("649fb5d9-bdfb-45f0-8ed4-453432bea0b1");
        assertThat(ResultId.of("/signup", "ä-1", EventType.TENANT_CREATED.type()))
                .isEqualTo("d4bbf326-97fc-576d-a87a-451d0bee9475");
    }

    @Test
    void differsWhenAnyPartDiffers() {
        assertThat(Set.of(
                        ResultId.of("a", "b", "c"),
                        ResultId.of("x", "b", "c"),
                        ResultId.of("a", "x", "c"),
                        ResultId.of("a", "b", "x"),
                        ResultId.of("ab", "", "c")))
                .hasSize(5);
    }
}
