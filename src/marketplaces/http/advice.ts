import type { BilingualAdvice } from '../../errors.js';

function advice(ru: readonly [string, string], en: readonly [string, string]): BilingualAdvice {
  return { ru: { what: ru[0], remedy: ru[1] }, en: { what: en[0], remedy: en[1] } };
}

/** What happened and what to do about it, for troubles that are the same with every marketplace. */
export const ADVICE = {
  tooSlow: advice(
    [
      'Маркетплейс не успел прислать ответ целиком.',
      'Повторите позже; если у вас медленный интернет, увеличьте API_TIMEOUT (секунды).',
    ],
    [
      'The marketplace did not send a whole answer in time.',
      'Try again later; on a slow line allow more seconds with API_TIMEOUT.',
    ],
  ),
  noName: advice(
    [
      'Адрес маркетплейса не находится в DNS.',
      'Проверьте доступ в интернет и DNS на этом сервере, затем адрес API в .env, если вы его меняли.',
    ],
    [
      'The address of the marketplace is not found in DNS.',
      'Check the network and the DNS of this machine, then the API address in .env if you have set one.',
    ],
  ),
  noConnection: advice(
    [
      'Не удаётся соединиться с маркетплейсом.',
      'Проверьте доступ в интернет, прокси и файрвол на этом сервере и повторите позже.',
    ],
    [
      'The marketplace cannot be reached.',
      'Check the network, proxy and firewall of this machine and try again later.',
    ],
  ),
  connectionBroke: advice(
    [
      'Связь с маркетплейсом оборвалась посреди ответа.',
      'Повторите позже; если обрывы повторяются, проверьте сеть, VPN и прокси.',
    ],
    [
      'The connection broke before the answer was complete.',
      'Try again later; if it keeps happening, check the network, VPN and proxy.',
    ],
  ),
  noTrust: advice(
    [
      'Не удаётся проверить сертификат маркетплейса: защищённого соединения нет.',
      'Обновите корневые сертификаты системы (Ozon в 2026 году перешёл на корни HARICA) или укажите файл с нужным корнем в NODE_EXTRA_CA_CERTS.',
    ],
    [
      'The certificate of the marketplace cannot be verified: there is no secure connection.',
      'Update the root certificates of this system (Ozon moved to HARICA roots in 2026), or name a file with the missing root in NODE_EXTRA_CA_CERTS.',
    ],
  ),
  badAnswer: advice(
    [
      'Маркетплейс ответил не так, как обещает его документация.',
      'Из этого ответа ничего не взято. Повторите позже; если ошибка не проходит, метод изменился: обновите inventory-sync.',
    ],
    [
      'The answer of the marketplace is not what its documents promise.',
      'Nothing of this answer is used. Try again later; if it stays so, the method has changed: update inventory-sync.',
    ],
  ),
  notYet: advice(
    [
      'Лимит запросов исчерпан: маркетплейс ещё не готов отвечать.',
      'Запустите снова после указанного времени или разрешите ждать дольше: SYNC_WAIT.',
    ],
    [
      'The limit of requests is used up: it is not our turn yet.',
      'Run again after the time named, or allow a longer wait with SYNC_WAIT.',
    ],
  ),
} as const satisfies Record<string, BilingualAdvice>;
