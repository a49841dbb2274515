import type { BilingualAdvice } from '../../errors.js';

/** Where a seller makes tokens, in the words of the seller's account. */
const PLACE = {
  ru: 'в личном кабинете WB («Профиль → Интеграции по API»)',
  en: 'in the Wildberries seller account (Profile → API integrations)',
};

/** What a new token must be, and where it goes. */
const NEW_TOKEN = {
  ru: `Создайте персональный токен с категориями «Контент», «Аналитика» и «Маркетплейс» ${PLACE.ru} и запишите его в WB_API_KEY.`,
  en: `Make a personal token with the categories Content, Analytics and Marketplace ${PLACE.en} and set WB_API_KEY.`,
};

const REPORT = {
  ru: 'Если повторится, сообщите разработчикам inventory-sync, что ответил Wildberries и requestId из лога.',
  en: 'If it happens again, tell the makers of inventory-sync what Wildberries answered, with the requestId from the log.',
};

const ADDRESSES = {
  ru: 'Проверьте адреса WB_…_API_URL и пути WB_PATHS',
  en: 'Check the addresses WB_…_API_URL and the paths in WB_PATHS',
};

/** An advice by its two sentences in each language. */
function advice(ru: readonly [string, string], en: readonly [string, string]): BilingualAdvice {
  return { ru: { what: ru[0], remedy: ru[1] }, en: { what: en[0], remedy: en[1] } };
}

/** What happened and what to do about it, for each trouble that Wildberries' documents or recorded answers know. */
export const WB_ADVICE = {
  noToken: advice(
    [
      'Wildberries получил запрос без токена.',
      `Запишите токен в WB_API_KEY; если он там есть, попробуйте WB_TOKEN_PREFIX=bearer. Новый токен создаётся ${PLACE.ru}.`,
    ],
    [
      'Wildberries got the request without a token.',
      `Set WB_API_KEY; if it is set, try WB_TOKEN_PREFIX=bearer. New tokens are made ${PLACE.en}.`,
    ],
  ),
  tokenMalformed: advice(
    [
      'Токен в WB_API_KEY скопирован не полностью или повреждён.',
      `Скопируйте в WB_API_KEY токен целиком, все три части через точку. Если он не сохранился, создайте новый ${PLACE.ru}: показать старый ещё раз Wildberries не может.`,
    ],
    [
      'The token in WB_API_KEY was not copied whole, or is damaged.',
      `Copy the whole token into WB_API_KEY, all three parts between the dots. If it was not kept, make a new one ${PLACE.en}: an old one cannot be shown again.`,
    ],
  ),
  tokenExpired: advice(
    ['Срок действия токена в WB_API_KEY истёк: токен живёт 180 дней.', NEW_TOKEN.ru],
    ['The token in WB_API_KEY has run out: a token lives 180 days.', NEW_TOKEN.en],
  ),
  testToken: advice(
    ['В WB_API_KEY тестовый токен: он работает только в песочнице, остатков там нет.', NEW_TOKEN.ru],
    ['WB_API_KEY holds a test token: it works in the sandbox alone, where there is no stock.', NEW_TOKEN.en],
  ),
  categoryMissing: advice(
    ['У токена в WB_API_KEY нет нужной категории доступа (или это тестовый токен).', NEW_TOKEN.ru],
    ['The token in WB_API_KEY lacks the category that this method needs (or is a test token).', NEW_TOKEN.en],
  ),
  baseToken: advice(
    ['В WB_API_KEY базовый токен, а этот метод открыт только персональным и сервисным.', NEW_TOKEN.ru],
    [
      'WB_API_KEY holds a base token, and this method is open to personal and service tokens only.',
      NEW_TOKEN.en,
    ],
  ),
  tokenUnfit: advice(
    ['Wildberries не пускает токены этого типа к отчёту об остатках.', NEW_TOKEN.ru],
    ['Wildberries does not let tokens of this type read the stock report.', NEW_TOKEN.en],
  ),
  tokenRefused: advice(
    [
      'Wildberries не принял токен из WB_API_KEY.',
      `Проверьте ${PLACE.ru}, что токен не удалён и выдан этому продавцу. Если причина неясна, создайте новый с категориями «Контент», «Аналитика» и «Маркетплейс» и запишите его в WB_API_KEY.`,
    ],
    [
      'Wildberries refused the token in WB_API_KEY.',
      `Check ${PLACE.en} that the token was not deleted and belongs to this seller. If in doubt, make a new one with the categories Content, Analytics and Marketplace and set WB_API_KEY.`,
    ],
  ),
  accessDenied: advice(
    ['У токена в WB_API_KEY нет доступа к этим данным.', NEW_TOKEN.ru],
    ['The token in WB_API_KEY has no access to these data.', NEW_TOKEN.en],
  ),
  paymentRequired: advice(
    [
      'Wildberries требует оплаты: на балансе сервиса из каталога решений не хватает денег.',
      'Пополните баланс сервиса в его кабинете на dev.wildberries.ru или запишите в WB_API_KEY персональный токен продавца («Профиль → Интеграции по API»).',
    ],
    [
      'Wildberries wants to be paid: the balance of the service from the business catalogue is used up.',
      'Top up the balance of the service in its account at dev.wildberries.ru, or set WB_API_KEY to a personal token of the seller (Profile → API integrations).',
    ],
  ),
  pathUnknown: advice(
    [
      'По этому адресу у Wildberries ничего нет.',
      `${ADDRESSES.ru}; если они верны, метод отключён: обновите inventory-sync.`,
    ],
    [
      'There is nothing at this address of Wildberries.',
      `${ADDRESSES.en}; if they are right, the method is off: update inventory-sync.`,
    ],
  ),
  methodOff: advice(
    [
      'Wildberries отключил этот метод API.',
      'Обновите inventory-sync; если у метода лишь сменился путь, укажите новый в WB_PATHS.',
    ],
    [
      'Wildberries has switched this method of its API off.',
      'Update inventory-sync; if only the path has changed, set the new one in WB_PATHS.',
    ],
  ),
  notFound: advice(
    [
      'Wildberries не нашёл того, о чём его спросили: например, склад продавца только что удалён.',
      `Запустите sync ещё раз: список складов будет прочитан заново. ${ADDRESSES.ru}, если ошибка останется.`,
    ],
    [
      'Wildberries did not find what it was asked for: a seller warehouse that was just deleted, for example.',
      `Run sync again: the list of warehouses is read anew. ${ADDRESSES.en} if it stays so.`,
    ],
  ),
  requestRefused: advice(
    ['Wildberries отклонил запрос как неверный: возможно, метод изменился.', `${ADDRESSES.ru}. ${REPORT.ru}`],
    [
      'Wildberries refused the request as wrong: the method may have changed.',
      `${ADDRESSES.en}. ${REPORT.en}`,
    ],
  ),
  conflict: advice(
    ['Wildberries сообщил о противоречии в данных запроса.', `Запустите sync ещё раз позже. ${REPORT.ru}`],
    ['Wildberries reported a conflict with the data of the request.', `Run sync again later. ${REPORT.en}`],
  ),
  warehouseBusy: advice(
    [
      'Склад продавца сейчас обновляется или удаляется.',
      'Запустите sync через несколько минут; состояние видно в списке складов продавца в личном кабинете WB.',
    ],
    [
      'The seller warehouse is being updated or deleted.',
      'Run sync again in a few minutes; the list of seller warehouses in the seller account shows the state.',
    ],
  ),
  requestTooLarge: advice(
    ['Wildberries счёл запрос слишком большим.', REPORT.ru],
    ['Wildberries found the request too large.', REPORT.en],
  ),
  sellerBlocked: advice(
    [
      'Wildberries заблокировал этому продавцу работу с остатками.',
      'Посмотрите причину в уведомлениях личного кабинета WB и обратитесь в поддержку продавцов.',
    ],
    [
      'Wildberries has blocked the stock of this seller.',
      'Look for the reason in the notices of the seller account, and ask the seller support.',
    ],
  ),
  limited: advice(
    [
      'Превышен лимит запросов Wildberries к этому методу.',
      'Подождите: sync продолжит, когда Wildberries разрешит. Если так часто, запускайте sync реже или увеличьте SYNC_WAIT.',
    ],
    [
      'The limit of requests to this method of Wildberries is used up.',
      'Wait: sync goes on when Wildberries allows it. If it happens often, run sync less often or allow more time with SYNC_WAIT.',
    ],
  ),
  sellerLimited: advice(
    [
      'Превышен общий лимит запросов продавца к Wildberries: его расходуют и другие программы с токенами этого продавца.',
      'Найдите эти программы («Профиль → Интеграции по API») и отключите лишние или запускайте sync реже.',
    ],
    [
      'The limit of requests of the whole seller is used up: other programs with tokens of this seller count too.',
      'Find those programs (Profile → API integrations) and stop what is not needed, or run sync less often.',
    ],
  ),
  unavailable: advice(
    [
      'На стороне Wildberries сбой.',
      'Ничего делать не нужно, повторите позже: прочитанные раньше остатки сохранены. Если сбой длится часами, посмотрите новости на dev.wildberries.ru.',
    ],
    [
      'Wildberries has trouble of its own.',
      'Nothing needs doing, try again later: the stock as last read is kept. If it lasts for hours, see the news at dev.wildberries.ru.',
    ],
  ),
} as const satisfies Record<string, BilingualAdvice>;

export type WbTrouble = keyof typeof WB_ADVICE;
