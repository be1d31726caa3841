import { isYamlMap, listOf, textOf, type YamlMap } from '../../system/yaml/yaml-value.ts';

/** A port of a service, as a user wrote it or as Compose resolved it: each part may be a variable. */
export interface ServicePort {
  /** Of the container. */
  readonly target: string;
  /** Of this machine; none where the engine picks one. */
  readonly published: string | undefined;
  /** None where it is every address of this machine. */
  readonly address: string | undefined;
  readonly protocol: string | undefined;
}

/** The ports of a service, in the short form (`127.0.0.1:8000:8443/tcp`) or the long one. Pure. */
export function readPorts({ ports }: YamlMap): readonly ServicePort[] {
  return listOf(ports).map((entry) => {
    if (!isYamlMap(entry)) return splitPort(textOf(entry));
    const { target, published, host_ip, protocol } = entry;
    const [part, address, name] = [published, host_ip, protocol].map((value) =>
      value === undefined ? undefined : textOf(value),
    );
    return { target: textOf(target), published: part, address, protocol: name };
  });
}

/** A colon inside a variable (`${PORT:-8000}`) ends no part. */
const PART = String.raw`(?:\$\{(?:[^{}]|\$\{[^}]*\})*\}|[^:{}])`;
const SHORT_FORM = new RegExp(`^(?:(?:(.+):)?(${PART}*):)?(${PART}+?)(?:/(\\w+))?$`);

function splitPort(port: string): ServicePort {
  const [, address, published, target = '', protocol] = SHORT_FORM.exec(port) ?? [];
  return { target, published, address: address?.replace(/^\[|\]$/g, ''), protocol };
}
