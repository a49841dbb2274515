import { type Answer, json } from '../http/answer.js';

/** POST /v1/seller/info (Ozon docs): whose account it is. */
export function sellerInfo(): Answer {
  return json(200, {
    company: {
      country: 'RU',
      currency: 'RUB',
      inn: '771234567890',
      legal_name: 'ИП Соколова Анна Петровна',
      name: 'Тёплый угол',
      ogrn: '321774600000001',
      ownership_form: 'ИП',
      tax_system: 'USN',
    },
    ratings: [],
    subscription: { is_premium: false, type: 'UNSPECIFIED' },
  });
}
