package io.tenantry.worker.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class Sha256Test {
    /** FIPS 180-2, appendix B. */
    private static final String OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @Test
    void digestsTextsAndBytesOneBehindTheOther() {
        assertThat(new Sha256().add("abc").hex()).isEqualTo(OF_ABC);
        assertThat(new Sha256()
                        .add("a")
                        .add("bc".getBytes(StandardCharsets.UTF_8))
                        .hex())
                .isEqualTo(OF_ABC);
        assertThat(new Sha256().add("abc").hex(3)).isEqualTo("ba7816");
        assertThat(new Sha256().add("abc").bytes()).hasSize(32).startsWith(0xba, 0x78);
    }

    @Test
    void readsTextsAsUtf8() {
        assertThat(new Sha256().add("ü").hex())
                .isEqualTo(
                        new Sha256().add(new byte[] {(byte) 0xc3, (byte) 0xbc}).hex());
    }
}
